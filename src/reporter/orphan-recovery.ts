/** Recovers the tasks of processes that crashed in this environment. */
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
  findOrphanedTasks,
  isReportedWell,
  type OrphanedTask,
  outcomeOf,
} from '../delivery/journal/orphaned-runs.ts';
import type { DeliveryQueue } from '../delivery/queue/delivery-queue.ts';
import type { ReportBuilder } from '../report/build-report.ts';

export interface OrphanRecoveryParts {
  readonly settings: Pick<ReporterSettings, 'agentId' | 'baseUrl'>;
  readonly build: ReportBuilder;
  readonly deliveryQueue: DeliveryQueue;
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
  const { build, deliveryQueue, storage, log } = parts;
  const { agentId, baseUrl } = parts.settings;
  /** Undefined until the journal is read. */
  let lostRuns: OrphanedTask[] | undefined;

  const reportLost = ({ stub, forget }: OrphanedTask, timeMs: number): void => {
    if (stub.agentId !== agentId || stub.baseUrl !== baseUrl) return;
    if (stub.deadlineMs !== undefined) noteTimeout(stub.deadlineMs - stub.startedAt);
    if (isReportedWell(stub)) {
      forget();
      return;
    }
    const report = lostReport(build, stub, outcomeOf(stub, wallClockMs()), timeMs);
    if (correctsTimeout(stub) && deliveryQueue.keepForLater(report)) forget();
    else deliveryQueue.keepLost(report, endOf(stub), forget);
  };

  return async (deadline) => {
    if (storage === undefined) return;
    const onDamaged = (): void => logDamagedEntry(log);
    lostRuns ??= [...findOrphanedTasks(runsFolder(storage.folder), onDamaged)];
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
