/**
 * The function's end of the connection to the sentinel, the process that outlives it. All that
 * goes wrong here means the same: there is no sentinel, and the function reports alone.
 */

import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { identityOf } from '../../base/process-identity.ts';
import { within } from '../../base/within.ts';
import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import type { JournalFollower } from '../../delivery/journal/run-journal.ts';
import type { ReportOrigin } from '../../delivery/queue/delivery-queue.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import type { DestinationName } from '../protocol/destination-name.ts';
import { createLineReader } from '../protocol/message-lines.ts';
import { type FunctionMessage, messageLine, readSentinelMessage } from '../protocol/messages.ts';
import { sentinelSocket } from '../protocol/socket-path.ts';

/** One reporter's connection. Nothing here throws or rejects. */
export interface SentinelLink {
  /** Whether reports are best given to the sentinel, as far as is known. */
  readonly isUsable: () => boolean;
  /**
   * Whether the sentinel owns the spool: it alone sends and logs what waits there. The function does
   * so when the connection has ended.
   */
  readonly ownsSpool: () => boolean;
  /** The function has left reports in the spool. */
  readonly leftReports: () => void;
  readonly begin: (run: LinkedRunStart) => LinkedRun;
}

export interface LinkedRunStart {
  readonly requestId?: string | undefined;
  /** Undefined for a run whose loss is not reported. */
  readonly stub?: JournalEntry | undefined;
  /** Where the journal entry lies as well. */
  readonly file?: string | undefined;
}

/** One run, as the sentinel hears of it. */
export interface LinkedRun extends JournalFollower {
  /** Reports the beginning. */
  readonly start: (report: WireTaskReport) => void;
  /**
   * Resolves to whether the sentinel answers for the report from now on.
   *
   * @param ended - when the attempt ended
   */
  readonly handOver: (
    report: WireTaskReport,
    timeMs: number,
    ended?: Omit<ReportOrigin, 'birth'>,
  ) => Promise<boolean>;
}

// It answers within milliseconds; longer on a small function, where it has just started as well.
const longestWaitMs = 1_000;
// It has read the report by then, even if the function has no time left: both would report it.
const leastWaitMs = 100;
// What it has not taken yet; then it hangs, or its disk is full and the platform is slow.
const mostUnread = 4 * 1024 * 1024;

/**
 * Connects at once: by the time that a run begins it has succeeded.
 *
 * @param destination - undefined when only this process knows the key: then the sentinel learns
 *   that the function reports alone
 * @returns undefined where no sentinel listens
 */
export function joinSentinel(
  folder: string,
  destination: DestinationName | undefined,
): SentinelLink | undefined {
  const path = sentinelSocket(folder);
  if (!existsSync(path)) return undefined;
  try {
    return linkOn(connect(path), destination);
  } catch {
    return undefined;
  }
}

function linkOn(socket: Socket, destination: DestinationName | undefined): SentinelLink {
  let state: 'new' | 'welcome' | 'gone' = destination ? 'new' : 'gone';
  /** It has let a report wait for too long, and has not answered since. */
  let isSlow = false;
  let runs = 0;
  let changed = Promise.withResolvers<void>();
  const open = new Set<number>();
  const taken = new Set<number>();

  const change = (next?: typeof state): void => {
    if (next !== undefined && state !== 'gone') state = next;
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const hear = (line: string | undefined): void => {
    const message = line === undefined ? undefined : readSentinelMessage(line);
    if (message === undefined) return;
    isSlow = false;
    if (message.kind === 'taken' && open.has(message.run)) taken.add(message.run);
    change(message.kind === 'taken' ? undefined : message.kind === 'welcome' ? 'welcome' : 'gone');
  };
  const tell = (message: FunctionMessage): boolean => {
    if (socket.destroyed || !socket.writable || socket.writableLength > mostUnread) return false;
    // Without a backlog Node writes at once: what a dying process says here arrives.
    socket.write(messageLine(message));
    return true;
  };

  socket.on('error', ignore);
  socket.on('close', () => change('gone'));
  socket.on('data', createLineReader(hear));
  // Neither a process that has nothing else to do nor the answer waits for it.
  socket.unref();
  tell({ kind: 'hello', process: identityOf('self'), destination });
  process.on('exit', () => tell({ kind: 'exit' }));

  /** Until it holds, or is hopeless. */
  const until = async (holds: () => boolean, timeMs: number): Promise<boolean> => {
    const deadline = performance.now() + timeMs;
    while (!holds()) {
      const leftMs = deadline - performance.now();
      if (state === 'gone' || leftMs <= 0) return false;
      await within(leftMs, changed.promise);
    }
    return true;
  };

  return {
    isUsable: () => state !== 'gone' && !isSlow,
    ownsSpool: () => state !== 'gone',
    leftReports: () => void tell({ kind: 'kept' }),
    begin({ requestId, stub, file }) {
      runs += 1;
      const run = runs;
      const isOpen = (): boolean => state !== 'gone' && open.has(run);
      open.add(run);
      if (state !== 'gone') tell({ kind: 'begin', run, requestId, stub, file });
      return {
        add: (step) => void (isOpen() && tell({ kind: 'step', run, step })),
        start: (report) => void (isOpen() && tell({ kind: 'start', run, report })),
        async handOver(report, timeMs, ended) {
          const waitMs = Math.min(longestWaitMs, timeMs / 2);
          if (isSlow) return false;
          const isWelcome = await until(() => state === 'welcome', waitMs);
          if (isWelcome && !tell({ kind: 'report', run, report, ...ended })) return false;
          const isTaken =
            isWelcome && (await until(() => taken.delete(run), Math.max(leastWaitMs, waitMs)));
          isSlow = !isTaken;
          return isTaken;
        },
        close() {
          if (isOpen()) tell({ kind: 'close', run });
          open.delete(run);
          taken.delete(run);
        },
      };
    },
  };
}

function ignore(): void {}
