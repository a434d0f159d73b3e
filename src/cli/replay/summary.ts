/** What a replay has done, for people and for programs. */
import type { Backlog } from './backlog.ts';
import type { ReadResult, UnreadableLine } from './read-backlog.ts';
import type { SendResult, Stopped } from './send-backlog.ts';

/** The counts: `found` is the sum of all others. */
export interface ReplaySummary {
  readonly found: number;
  readonly sent: number;
  /** Failures of runs of which the platform already has a finished record. */
  readonly alreadyThere: number;
  /** Reports that gave way to a later one of the same run. */
  readonly superseded: number;
  readonly notTried: number;
  readonly notSent: readonly UnsentReport[];
  readonly unreadable: readonly UnreadableLine[];
  /** Why it ended before everything was tried; null when it did not. */
  readonly stopped: Stopped | null;
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

/** Whether every report that was found is where it belongs. */
export function isComplete({ notSent, unreadable, notTried }: ReplaySummary): boolean {
  return notSent.length + unreadable.length + notTried === 0;
}

// A screen; --json has all.
const mostListed = 20;

export function summaryText(summary: ReplaySummary): string {
  const counts = [
    ['found', summary.found],
    ['sent', summary.sent],
    ['already there', summary.alreadyThere],
    ['superseded', summary.superseded],
    ['not sent', summary.notSent.length],
    ['unreadable', summary.unreadable.length],
    ['not tried', summary.notTried],
  ] as const;
  const stopped = summary.stopped && [`Stopped early: ${summary.stopped.reason}`];
  return [
    ...counts.map(([name, count]) => `${name.padEnd(13)} ${String(count).padStart(7)}`),
    ...listed(summary.notSent, (report) => {
      return `not sent: ${report.id} of ${report.agentId} (line ${report.line}): ${report.reason}`;
    }),
    ...listed(summary.unreadable, describeUnreadable),
    ...(stopped ?? []),
  ]
    .map(printable)
    .join('\n');
}

/** What would be sent, for `--dry-run`. */
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
    `Would send ${reports.length} of ${found} found (superseded: ${superseded}, unreadable: ${unreadable.length}); a failed one only if its run has no finished record.`,
  ]
    .map(printable)
    .join('\n');
}

function describeUnreadable({ line, reason }: UnreadableLine): string {
  return `unreadable: line ${line}: ${reason}`;
}

function listed<T>(entries: readonly T[], describe: (entry: T) => string): string[] {
  const more = entries.length - mostListed;
  return [
    ...entries.slice(0, mostListed).map(describe),
    ...(more > 0 ? [`… and ${more} more, which --json lists`] : []),
  ];
}

/** One line of a terminal, whatever ids and answers hold. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD');
}
