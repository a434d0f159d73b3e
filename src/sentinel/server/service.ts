/** The sentinel's work between the events of Lambda. */
import type { Socket } from 'node:net';
import type { Environment } from '../../config/environment.ts';
import { readLogLevel } from '../../config/log-level.ts';
import { resolveOptions } from '../../config/resolve-options.ts';
import { cpuShare } from '../../delivery/execution-environment/cpu-share.ts';
import { sharedFreezes } from '../../delivery/execution-environment/freezes.ts';
import {
  noteTimeout,
  seenTimeoutMs,
} from '../../delivery/execution-environment/function-timeout.ts';
import { runsFolder } from '../../delivery/execution-environment/storage.ts';
import { lostReport } from '../../delivery/journal/orphaned-run-report.ts';
import type { InvokeEvent } from '../../delivery/lambda-extension/extensions-api.ts';
import { createReportBuilder } from '../../report/build-report.ts';
import { createPace } from '../../report/pace.ts';
import { openDestinationSenders } from './destination-senders.ts';
import { createExtensionLog } from './extension-log.ts';
import { createFlushPolicy, readFlushMode } from './flush-policy.ts';
import { acceptFunction } from './function-connection.ts';
import { createRunMonitor } from './run-monitor.ts';
import { keepTimeout, readKeptTimeout } from './stored-timeout.ts';
import type { PlatformEvent } from './telemetry-events.ts';

/** Nothing here throws or rejects. */
export interface SentinelService {
  /** One of the function's reporters has connected. */
  readonly accept: (socket: Socket) => void;
  readonly hear: (event: PlatformEvent) => void;
  /**
   * Resolves when Lambda may be told that the invocation is done.
   *
   * @param begunAt - epoch milliseconds. @default now
   */
  readonly finish: (event: InvokeEvent, begunAt?: number) => Promise<void>;
  /** Lambda is about to be told: what is on its way is given up, and stays kept. */
  readonly rest: () => Promise<void>;
  /** Resolves when all is delivered, written into the log, or the time is over. */
  readonly end: (reason: string, deadlineMs: number) => Promise<void>;
}

export interface SentinelServiceParts {
  readonly environment: Environment;
  /** Shared with the function. */
  readonly folder: string;
  readonly isManagedInstance: boolean;
  /** Whether the platform tells of the ends of invocations. */
  readonly hearsPlatform: () => boolean;
}

// Before the deadline: an extension that is busy then makes Lambda reset the environment.
const reserveMs = 200;
// What was given up ends at once.
const abortMs = 100;
// At the end of the environment: for the log, and for the exit itself.
const writingMs = 300;
const exitMs = 100;
// On Managed Instances, where no event wakes anybody up.
const retryMs = 5_000;

export function createSentinelService(parts: SentinelServiceParts): SentinelService {
  const { environment, folder, isManagedInstance, hearsPlatform } = parts;
  readKeptTimeout(folder);
  const resolved = resolveOptions({}, environment);
  const log = createExtensionLog(readLogLevel(environment) ?? 'warn', environment);
  if (resolved.kind === 'disabled') log.warn(`the sentinel has no destination: ${resolved.reason}`);
  const settings = resolved.kind === 'enabled' ? resolved.settings : undefined;
  const budgetMs = settings?.budgetMs ?? 3_000;
  const freezes = sharedFreezes();
  // Managed Instances are never frozen.
  const participant = isManagedInstance ? undefined : freezes.join();
  const { capture = 'redacted', redact = [], maxBytes = 262_144 } = settings ?? {};
  const build = createReportBuilder({
    ...{ capture, redact, maxBytes },
    ...{ result: undefined, isSuccess: undefined, pace: createPace(cpuShare(environment)) },
  });
  const policy = createFlushPolicy(
    isManagedInstance ? 'end' : readFlushMode(environment, log.warn),
  );
  /** Until when there is time, in epoch milliseconds. */
  let until: number | undefined;
  const timeMs = (): number =>
    Math.max(0, Math.min(budgetMs, (until ?? Number.POSITIVE_INFINITY) - Date.now()));

  const senders = openDestinationSenders({
    ...{ environment, resolved, log, timeMs, freezes, defers: policy.defers },
    storage: {
      ...{ folder, endsUnannounced: false, isShared: false },
      isNeverFrozen: isManagedInstance,
    },
    lostReport: (stub, outcome) => lostReport(build, stub, outcome, budgetMs),
    onChange: () => watch.changes.tell(),
    goesOn: isManagedInstance,
  });
  const watch = createRunMonitor({
    ...{ ownDesk: senders.own, hearsPlatform, timeoutMs: seenTimeoutMs, freezes },
    lostReport: (stub, outcome) => lostReport(build, stub, outcome, budgetMs),
  });
  const memoryLimitMb = Number(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']) || undefined;

  const waiting = (): number => senders.all().reduce((sum, sender) => sum + sender.waiting(), 0);
  const sendWaiting = async (forMs: number): Promise<void> => {
    const deadline = performance.now() + forMs;
    await Promise.all(senders.all().map((sender) => sender.sendWaiting(deadline)));
    policy.flushed(Date.now());
  };
  const settled = async (forMs: number): Promise<void> => {
    const deadline = performance.now() + forMs;
    await Promise.all(senders.all().map((sender) => sender.settled(deadline)));
  };
  /** Whether the last requests beside a handler took longer than it: the next ones would as well. */
  let isVainBeside = false;
  const hasMissed = (): boolean => senders.all().some((sender) => sender.hasMissed());
  /** A request that is under way is better waited for than given up. */
  const finished = async (forMs: number): Promise<void> => {
    const deadline = performance.now() + forMs;
    await Promise.all(senders.all().map((sender) => sender.finished(deadline)));
  };

  if (isManagedInstance) setInterval(() => void sendWaiting(budgetMs), retryMs);

  return {
    accept(socket) {
      acceptFunction(socket, {
        ...{ watch, memoryLimitMb, log },
        deskFor: senders.deskFor,
        hasWorkers: isManagedInstance,
        runsFolder: runsFolder(folder),
      });
    },

    hear: watch.hear,

    async finish({ requestId, deadlineMs }, begunAt = Date.now()) {
      participant?.gotEvent();
      policy.begun(begunAt);
      noteTimeout(deadlineMs - begunAt);
      until = deadlineMs - reserveMs;
      const leftMs = (): number => deadlineMs - reserveMs - Date.now();
      watch.invoked(requestId);
      // What the invocation before has left leaves beside the handler of this one.
      const isWelcome = !isVainBeside && policy.isWelcome(waiting(), Date.now());
      const hadMissed = hasMissed();
      if (hadMissed || isWelcome) void sendWaiting(timeMs());
      await watch.over(requestId, leftMs);
      await settled(timeMs());
      if (hasMissed() || policy.isDue(waiting(), Date.now())) {
        isVainBeside = false;
        await sendWaiting(timeMs());
      }
      // Where invocations follow each other closely the next one does not wait for them.
      if (hadMissed || !policy.defers(true)) await finished(timeMs());
      policy.over(Date.now());
      // A report of the next invocation may be here before its event.
      until = undefined;
    },

    async rest() {
      isVainBeside ||= senders.all().some((sender) => sender.isSendingWaiting());
      participant?.asks();
      await Promise.all([settled(abortMs), finished(abortMs)]);
    },

    async end(reason, deadlineMs) {
      // After these the environment may be used again, and what waits in its files with it.
      const isReset = reason === 'timeout' || reason === 'failure';
      if (isReset) freezes.wasReset();
      else freezes.thawed();
      keepTimeout(folder);
      until = deadlineMs - writingMs;
      // The function's process has ended, and what it has left is the sentinel's.
      for (const sender of senders.all()) sender.lookAgain();
      await watch.endAll(reason === 'timeout' ? 'timeout' : 'crash', reason === 'spindown');
      await settled(until - Date.now());
      const sendingEnds = performance.now() + until - Date.now();
      await Promise.all(senders.all().map((sender) => sender.sendLast(sendingEnds)));
      const deadline = performance.now() + deadlineMs - exitMs - Date.now();
      const write = isReset ? 'writeDown' : 'writeOut';
      await Promise.all(senders.all().map((sender) => sender[write](deadline)));
    },
  };
}
