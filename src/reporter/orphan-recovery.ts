/** Takes over the runs of processes that died in this environment. */
import { wallClockMs } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { logDamagedEntry } from '../delivery/dead-letter/dead-letter.ts';
import { noteTimeout } from '../delivery/execution-environment/function-timeout.ts';
import { runsFolder, type Storage } from '../delivery/execution-environment/storage.ts';
import { lostReport } from '../delivery/journal/orphaned-run-report.ts';
import {
  correctsTimeout,
  endOf,
  findLostRuns,
  isReportedWell,
  type LostRun,
  outcomeOf,
} from '../delivery/journal/orphaned-runs.ts';
import type { Outbox } from '../delivery/queue/delivery-queue.ts';
import type { ReportBuilder } from '../report/build-report.ts';

export interface OrphanRecoveryParts {
  readonly settings: Pick<ReporterSettings, 'agentId' | 'baseUrl'>;
  readonly build: ReportBuilder;
  readonly outbox: Outbox;
  readonly storage: Storage | undefined;
  readonly log: Log;
}

/**
 * @returns puts the reports of orphaned runs into the queue, as many as there is time for; the next
 *   call takes the others
 */
export function createOrphanRecovery(
  parts: OrphanRecoveryParts,
): (deadline: number) => Promise<void> {
  const { build, outbox, storage, log } = parts;
  const { agentId, baseUrl } = parts.settings;
  /** Undefined before the journal has been read. */
  let lostRuns: LostRun[] | undefined;

  const reportLost = ({ stub, forget }: LostRun, timeMs: number): void => {
    if (stub.agentId !== agentId || stub.baseUrl !== baseUrl) return;
    if (stub.deadlineMs !== undefined) noteTimeout(stub.deadlineMs - stub.startedAt);
    if (isReportedWell(stub)) {
      forget();
      return;
    }
    const report = lostReport(build, stub, outcomeOf(stub, wallClockMs()), timeMs);
    if (correctsTimeout(stub) && outbox.keepForLater(report)) forget();
    else outbox.keepLost(report, endOf(stub), forget);
  };

  return async (deadline) => {
    if (storage === undefined) return;
    const onDamaged = (): void => logDamagedEntry(log);
    lostRuns ??= [...findLostRuns(runsFolder(storage.folder), onDamaged)];
    for (let timeMs = Infinity; timeMs > 0 && lostRuns.length > 0; ) {
      timeMs = deadline - performance.now();
      const lost = lostRuns.shift();
      if (lost !== undefined) reportLost(lost, timeMs);
      await nextTurn();
    }
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
