/** Gets the reports for one destination out. */
import { within } from '../../base/within.ts';
import type { Opened } from '../../delivery/destination.ts';
import type { Freezes } from '../../delivery/execution-environment/freezes.ts';
import type { ReportOrigin } from '../../delivery/queue/delivery-queue.ts';
import { sendReport } from '../../delivery/send/send-report.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';

/** Nothing here throws or rejects. */
export interface DestinationSender {
  /**
   * Takes a report: sends it, or keeps it for later.
   *
   * @param isSafe - called when it will survive the end of this process, or is given up
   */
  readonly take: (report: WireTaskReport, isSafe: () => void, origin: ReportOrigin) => void;
  /** Takes the report of a run's beginning, which that of its end replaces. */
  readonly takeStart: (report: WireTaskReport) => void;
  /** Keeps the report of a run that died with an earlier environment. */
  readonly takeLost: (report: WireTaskReport, since: number, isSafe: () => void) => void;
  /** Resolves when nothing is being sent any more, or the time is over. */
  readonly settled: (deadline: number) => Promise<void>;
  /** Sends no more of what waits. Resolves when what is on its way has ended, or the time is over. */
  readonly finished: (deadline: number) => Promise<void>;
  /** Sends what waits. */
  readonly sendWaiting: (deadline: number) => Promise<void>;
  /** Sends what waits when the environment ends, even if the platform took nothing lately. */
  readonly sendLast: (deadline: number) => Promise<void>;
  /** Whether that goes on. */
  readonly isSendingWaiting: () => boolean;
  readonly waiting: () => number;
  /** Whether more would only fill the memory. */
  readonly isFull: () => boolean;
  /** Loads what a delivery needs. */
  readonly warmUp: () => void;
  /** The function has left reports in its spool. */
  readonly lookAgain: () => void;
  /** Whether a report came that would have been sent if the environment had not been about to be frozen. */
  readonly hasMissed: () => boolean;
  /** Writes what still waits into the log. */
  readonly writeOut: (deadline: number) => Promise<void>;
  /** The same, and keeps it. */
  readonly writeDown: (deadline: number) => Promise<void>;
}

export interface DestinationSenderRules {
  /** Most time for one delivery now, in milliseconds. */
  readonly timeMs: () => number;
  readonly defers: (isSuccess: boolean) => boolean;
  /** Told when something has been sent, or given up. */
  readonly onChange: () => void;
  /** Whether what was kept is sent as soon as there is room: no invocation asks for it. */
  readonly goesOn: boolean;
  readonly freezes: Freezes;
}

// More at once would only meet the rate limit earlier.
const atOnce = 4;
const mostHeldBytes = 8 * 1024 * 1024;

export function createDestinationSender(
  { destination, deliveryQueue }: Opened,
  rules: DestinationSenderRules,
): DestinationSender {
  const sending = new Set<Promise<unknown>>();
  const starts = new Map<string | null, Start>();
  let heldBytes = 0;
  let catchingUp: Promise<void> | undefined;
  let hasMissed = false;

  const deadline = (): number => performance.now() + rules.timeMs();

  const track = (work: Promise<unknown>, bytes: number): void => {
    heldBytes += bytes;
    const tracked = work.finally(() => {
      heldBytes -= bytes;
      sending.delete(tracked);
      rules.onChange();
      if (rules.goesOn && sending.size === 0) void sendWaiting(deadline());
    });
    sending.add(tracked);
  };

  /** The report of a run's end never arrives before that of its beginning. */
  const send = async (
    report: WireTaskReport,
    isSafe: () => void,
    origin: ReportOrigin,
  ): Promise<void> => {
    const start = starts.get(report.id);
    if (start !== undefined) {
      starts.delete(report.id);
      await within(rules.timeMs() / 2, start.done);
      start.giveUp();
      await start.done;
    }
    await deliveryQueue.send(report, deadline(), isSafe, origin);
  };

  const sendWaiting = async (until: number): Promise<void> => {
    // One that is under way may have less time than this one.
    await catchingUp;
    hasMissed = false;
    if (deliveryQueue.waiting() === 0) return;
    catchingUp = deliveryQueue.sendWaiting(until, Number.POSITIVE_INFINITY).finally(() => {
      catchingUp = undefined;
      rules.onChange();
    });
    await catchingUp;
  };

  return {
    take(report, isSafe, origin) {
      const isDeferred = rules.defers(report.is_success);
      const isLate = rules.freezes.isImminent();
      if (isLate && !isDeferred) hasMissed = true;
      const isHeldBack = isDeferred || isLate || sending.size >= atOnce;
      const isKept =
        (isHeldBack || starts.has(report.id)) && deliveryQueue.keepForLater(report, origin);
      if (isKept) isSafe();
      if (isKept && isHeldBack && !starts.has(report.id)) return;
      track(send(report, isSafe, origin), roughBytes(report));
    },

    takeStart(report) {
      const abort = new AbortController();
      const body = JSON.stringify(report);
      const done = sendReport(destination, body, rules.timeMs(), { givenUp: abort.signal });
      starts.set(report.id, { done, giveUp: () => abort.abort() });
      track(done, body.length);
    },

    takeLost: deliveryQueue.keepLost,

    async settled(until) {
      while (sending.size > 0 && performance.now() < until) {
        await within(until - performance.now(), Promise.all(sending));
      }
    },

    async finished(until) {
      await within(until - performance.now(), deliveryQueue.finishWaiting());
    },

    lookAgain() {
      deliveryQueue.lookAgain();
      hasMissed = true;
    },
    hasMissed: () => hasMissed,

    sendWaiting,

    async sendLast(until) {
      if (catchingUp !== undefined) await within(until - performance.now(), catchingUp);
      await deliveryQueue.sendLast(until);
    },

    isSendingWaiting: () => catchingUp !== undefined,
    waiting: deliveryQueue.waiting,
    isFull: () => heldBytes >= mostHeldBytes,
    writeOut: deliveryQueue.writeOut,
    writeDown: deliveryQueue.writeDown,

    warmUp() {
      destination.apiKeys.prefetch();
      // What fails here fails again when it is needed, and is said then.
      import('../../platform/transport.ts').catch(() => undefined);
    },
  };
}

interface Start {
  readonly done: Promise<unknown>;
  readonly giveUp: () => void;
}

function roughBytes({ input, result, llm_response }: WireTaskReport): number {
  const ofResponse = llm_response === null ? 0 : JSON.stringify(llm_response).length;
  return (input?.length ?? 0) + (result?.length ?? 0) + ofResponse;
}
