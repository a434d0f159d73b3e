import type { Backlog } from './backlog.ts';
import { parseUndeliveredLine } from './parse-dead-letter.ts';
import { scanExport } from './scan-export.ts';

/** A line that starts like an undelivered report and cannot be sent. */
export interface UnreadableLine {
  /** Line of the export, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** What an export held. */
export interface ReadResult {
  /** Lines that start like an undelivered report. */
  readonly found: number;
  readonly unreadable: readonly UnreadableLine[];
}

/**
 * Takes all reports of an export into a backlog.
 *
 * @param agentId - agent that they are sent for; undefined: the one that each line names
 */
export async function readBacklog(
  backlog: Backlog,
  chunks: AsyncIterable<string>,
  agentId: string | undefined,
): Promise<ReadResult> {
  const unreadable: UnreadableLine[] = [];
  let found = 0;
  for await (const finding of scanExport(chunks)) {
    found += 1;
    const { line, time } = finding;
    const parsed = finding.kind === 'json' ? parseUndeliveredLine(finding.json) : finding;
    if (finding.kind === 'unreadable' || parsed.kind === 'unreadable') {
      unreadable.push({ line, reason: parsed.kind === 'unreadable' ? parsed.reason : '' });
      continue;
    }
    const { id, isSuccess } = parsed;
    await backlog.add(
      { agentId: agentId ?? parsed.agentId, id, isSuccess, line, time },
      finding.json,
    );
  }
  return { found, unreadable };
}
