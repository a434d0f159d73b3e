/** The result of a replay as text and as JSON. */
import type { Backlog } from './backlog.ts';
import type { ReadResult, UnreadableLine } from './read-backlog.ts';
import type { SendResult, StopReason } from './send-backlog.ts';

/** `found` is the sum of all other counts. */
export interface ReplaySummary {
  readonly found: number;
  readonly sent: number;
  /** Failures that were not sent because the task already has a finished record. */
  readonly alreadyThere: number;
  /** Reports that a later report of the same task replaced. */
  readonly superseded: number;
  readonly notTried: number;
  readonly notSent: readonly UnsentReport[];
  readonly unreadable: readonly UnreadableLine[];
  /** Why sending stopped early; null if it did not. */
  readonly stopped: StopReason | null;
}

interface UnsentReport {
  readonly line: number;
  readonly agentId: string;
  readonly id: string;
  readonly reason: string;
}

export function summarize(
  { found, unreadable }: ReadResult,
  superseded: number,
  { sent, alreadyThere, notSent, notTried, stopped }: SendResult,
): ReplaySummary {
  return {
    found,
    sent,
    alreadyThere,
    superseded,
    notTried: notTried.length,
    notSent: notSent.map(({ entry: { line, agentId, id }, reason }) => {
      return { line, agentId, id, reason };
    }),
    unreadable,
    stopped: stopped ?? null,
  };
}

/** Whether every report was sent or did not need to be sent. */
export function isComplete({ notSent, unreadable, notTried }: ReplaySummary): boolean {
  return notSent.length + unreadable.length + notTried === 0;
}

// About one screen; --json lists all.
const maxListed = 20;

export function summaryText(summary: ReplaySummary): string {
  const counts = [
    ['found', summary.found],
    ['sent', summary.sent],
    ['already finished', summary.alreadyThere],
    ['superseded', summary.superseded],
    ['not sent', summary.notSent.length],
    ['unreadable', summary.unreadable.length],
    ['not tried', summary.notTried],
  ] as const;
  const stopped = summary.stopped && [`Stopped early: ${summary.stopped.reason}`];
  return [
    ...counts.map(([name, count]) => `${name.padEnd(16)} ${String(count).padStart(7)}`),
    ...limitedList(summary.notSent, (report) => {
      return `not sent: ${report.id} of ${report.agentId} (line ${report.line}): ${report.reason}`;
    }),
    ...limitedList(summary.unreadable, describeUnreadable),
    ...(stopped ?? []),
  ]
    .map(printable)
    .join('\n');
}

/** The output of `--dry-run`. */
export function dryRunText(
  { found, unreadable }: ReadResult,
  backlog: Pick<Backlog, 'entries' | 'superseded'>,
  asJson = false,
): string {
  const { superseded } = backlog;
  const reports = backlog.entries().map(({ line, agentId, id, isSuccess }) => {
    return { line, agentId, id, status: isSuccess ? 'completed' : 'failed' };
  });
  if (asJson) {
    return JSON.stringify({ dryRun: true, found, superseded, reports, unreadable }, undefined, 2);
  }
  return [
    ...reports.map(({ line, agentId, id, status }) => {
      return `line ${line}: ${id} of ${agentId}, ${status}`;
    }),
    ...unreadable.map(describeUnreadable),
    `Would send ${reports.length} of ${found} reports (superseded: ${superseded}, unreadable: ${unreadable.length}). A failure is sent only if its task has no finished record.`,
  ]
    .map(printable)
    .join('\n');
}

function describeUnreadable({ line, reason }: UnreadableLine): string {
  return `unreadable: line ${line}: ${reason}`;
}

function limitedList<T>(entries: readonly T[], describe: (entry: T) => string): string[] {
  const more = entries.length - maxListed;
  return [
    ...entries.slice(0, maxListed).map(describe),
    ...(more > 0 ? [`… and ${more} more; use --json to list all`] : []),
  ];
}

/** Replaces characters that could break the line or control the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');
}
