/**
 * Knows the runs that go on, from the function's processes, and how their invocations ended, from
 * the platform. A run that ends without a word of its process is reported from here.
 */

import { monotonicMs } from '../../base/clock.ts';
import type { Freezes } from '../../delivery/execution-environment/freezes.ts';
import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import type { OrphanOutcome } from '../../delivery/journal/orphaned-runs.ts';
import { removeJournalEntry } from '../../delivery/journal/orphaned-runs.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import { type Condition, createCondition } from './condition.ts';
import type { DestinationSender } from './destination-sender.ts';
import { dropOldest } from './drop-oldest.ts';
import { lostOutcome, type MemoryUse, type SeenEnd, unreportedOutcome } from './exit-diagnosis.ts';
import { latestRecord } from './latest-record.ts';
import { createSeenInvocations, mostSeen, type SeenInvocation } from './seen-invocations.ts';
import type { PlatformEnd, PlatformEvent } from './telemetry-events.ts';

/** A run of which a process of the function has told. */
export interface MonitoredRun {
  readonly requestId: string | undefined;
  readonly sender: DestinationSender;
  /** Undefined for a run whose loss is not reported. */
  stub: JournalEntry | undefined;
  readonly file: string | undefined;
  readonly memory: () => MemoryUse;
  /** The count of freezes when its event began. */
  readonly birth: number;
  /** Whether nothing more is to be waited for. */
  isDone: boolean;
}

export interface RunMonitor {
  readonly changes: Condition;
  /** The count of freezes when the event of a request began: now, unless that is over. */
  readonly birthOf: (requestId: string | undefined) => number;
  readonly begin: (run: MonitoredRun) => void;
  /** Nothing more is to be waited for: its report is here, or there is none. */
  readonly done: (run: MonitoredRun) => void;
  /** The process of a run is gone. */
  readonly orphaned: (run: MonitoredRun) => Promise<void>;
  readonly hear: (event: PlatformEvent) => void;
  readonly loadFailed: (text: string) => void;
  /** A process of the function exits: it can take no event any more. */
  readonly processLeaves: () => void;
  /** A reporter sends what it has to say itself: its silence means nothing. */
  readonly someoneReportsAlone: () => void;
  readonly invoked: (requestId: string) => void;
  /** Resolves when there is nothing to wait for in this invocation any more. */
  readonly over: (requestId: string, timeMs: () => number) => Promise<void>;
  /** The environment ends. Resolves when all that can be said of its runs is on its way. */
  readonly endAll: (kind: SeenEnd['kind'], isExpected: boolean) => Promise<void>;
}

export interface RunMonitorParts {
  /** Builds the report of a lost run. */
  readonly lostReport: (stub: JournalEntry, outcome: OrphanOutcome) => WireTaskReport;
  /** Of the function, as far as it has been seen. */
  readonly timeoutMs: () => number;
  /** For runs that no reporter has told of; undefined when the environment names no agent. */
  readonly ownDesk:
    | (Pick<JournalEntry, 'agentId' | 'baseUrl'> & { readonly sender: DestinationSender })
    | undefined;
  /** Whether the platform tells of the ends of invocations. */
  readonly hearsPlatform: () => boolean;
  readonly freezes: Freezes;
}

// A reported run begins within milliseconds of the event.
const beginsWithinMs = 100;
// A report is built after the answer.
const reportWithinMs = 1_000;
// Lambda's word for the end of a process comes with a batch of telemetry, 25 ms later.
const wordWithinMs = 300;
// What a process has said before it died is read before what the platform says of its death.
const begunWithinMs = 50;
// What led to the end of an environment may be told after it.
const lastWordWithinMs = 150;
export function createRunMonitor(parts: RunMonitorParts): RunMonitor {
  const { lostReport, ownDesk, timeoutMs, hearsPlatform, freezes } = parts;
  const changes = createCondition();
  const runs = new Set<MonitoredRun>();
  const { look, endOf, forget, all } = createSeenInvocations();
  const passed = new Set<string>();
  const births = new Map<string, number>();
  let loadError: string | undefined;
  let reportsAlone = false;
  let isLeaving = false;
  /** Whether the platform has said what leads to the end of the environment. */
  let hasHeardWhy = false;

  const birthOf = (requestId: string | undefined): number =>
    (requestId === undefined ? undefined : births.get(requestId)) ?? freezes.count();

  const done = (run: MonitoredRun): void => {
    run.isDone = true;
    runs.delete(run);
    changes.tell();
  };

  const lose = (run: MonitoredRun, end: SeenEnd): void => {
    if (run.isDone) return;
    done(run);
    const { file, sender } = run;
    if (run.stub === undefined) return;
    const stub = latestRecord(run.stub, file);
    if (stub === undefined) return;
    const report = lostReport(stub, lostOutcome(stub, end, run.memory(), timeoutMs()));
    const forget = (): void => {
      if (file !== undefined) removeJournalEntry(file);
    };
    const { ended, crash } = stub;
    const endedAt = Math.min(ended?.at ?? crash?.at ?? end.at, Date.now());
    sender.take(report, forget, { birth: run.birth, endedAt, endedMonotonicMs: monotonicMs() });
  };

  /** An invocation that went wrong without a word of any reporter. */
  const reportUnseen = async (
    requestId: string,
    of: SeenInvocation,
    end: PlatformEnd,
  ): Promise<void> => {
    of.isBeingLookedAt = true;
    const heardAt = Date.now();
    await changes.until(
      () => of.begun > 0,
      () => heardAt + begunWithinMs - Date.now(),
    );
    of.isBeingLookedAt = false;
    changes.tell();
    if (of.begun > 0 || ownDesk === undefined || reportsAlone || end.kind === 'success') return;
    const { agentId, baseUrl, sender } = ownDesk;
    const stub = { id: requestId, agentId, baseUrl, startedAt: of.since };
    const seenEnd = { ...end, kind: end.kind };
    const outcome = unreportedOutcome(seenEnd, of.since, { loadError, isLeaving });
    const origin = { birth: birthOf(requestId), endedAt: Math.min(end.at, Date.now()) };
    sender.take(lostReport(stub, outcome), () => undefined, origin);
  };

  const hearEnd = (requestId: string, end: PlatformEnd): void => {
    // The end of one that was over before the platform said so.
    if (passed.delete(requestId)) return;
    const of = look(requestId);
    of.end = end;
    changes.tell();
    if (end.kind === 'success') return;
    hasHeardWhy = true;
    if (of.begun === 0) void reportUnseen(requestId, of, end);
    for (const run of runs) {
      if (run.requestId !== requestId) continue;
      if (end.kind === 'timeout') lose(run, { ...end, kind: 'timeout' });
      else void orphaned(run);
    }
  };

  const orphaned = async (run: MonitoredRun): Promise<void> => {
    const at = Date.now();
    // Of a run that has responded nothing more is to be known.
    if (!run.stub?.ended && hearsPlatform() && run.requestId !== undefined) {
      const isKnown = (): boolean => run.isDone || endOf(run.requestId) !== undefined;
      await changes.until(isKnown, () => at + wordWithinMs - Date.now());
    }
    const end = endOf(run.requestId);
    const isLate = run.stub?.deadlineMs !== undefined && at >= run.stub.deadlineMs;
    const kind = end?.kind === 'timeout' || isLate ? 'timeout' : 'crash';
    lose(run, { kind, errorType: end?.errorType, at: end?.at ?? at });
  };

  const isOver = (requestId: string): boolean => {
    const { begun, end, since, isBeingLookedAt } = look(requestId);
    if (isBeingLookedAt) return false;
    if ([...runs].some((run) => run.requestId === requestId)) {
      return end?.kind === 'success' && Date.now() - end.at > reportWithinMs;
    }
    if (begun > 0 || end !== undefined) return true;
    return !hearsPlatform() && Date.now() - since >= beginsWithinMs;
  };

  return {
    changes,
    birthOf,
    begin(run) {
      runs.add(run);
      if (run.requestId !== undefined) look(run.requestId).begun += 1;
      changes.tell();
    },
    done,
    orphaned,
    hear(event) {
      if (event.kind === 'start') {
        // Telemetry comes late: the invocation may be over, and nothing is to be awaited.
        if (!passed.has(event.requestId)) look(event.requestId);
      } else {
        hearEnd(event.requestId, event.end);
      }
    },
    loadFailed(text) {
      loadError = text;
    },
    processLeaves() {
      isLeaving = true;
    },
    someoneReportsAlone() {
      reportsAlone = true;
    },
    invoked(requestId) {
      passed.delete(requestId);
      births.delete(requestId);
      births.set(requestId, freezes.count());
      dropOldest(births, mostSeen);
      look(requestId);
    },
    async over(requestId, timeMs) {
      const isIt = await changes.until(() => isOver(requestId), timeMs);
      if (!isIt) return;
      const { end } = look(requestId);
      forget(requestId);
      // The platform's word for its end may be the first one that it ever says.
      if (end === undefined) {
        passed.add(requestId);
        dropOldest(passed, mostSeen);
      }
    },
    async endAll(kind, isExpected) {
      const deadline = Date.now() + lastWordWithinMs;
      const isKnown = (): boolean =>
        hasHeardWhy && all().every(({ isBeingLookedAt }) => !isBeingLookedAt);
      if (!isExpected && hearsPlatform()) {
        await changes.until(isKnown, () => deadline - Date.now());
      }
      for (const run of runs) {
        const errorType = endOf(run.requestId)?.errorType;
        lose(run, { kind, errorType, at: Date.now() });
      }
    },
  };
}
