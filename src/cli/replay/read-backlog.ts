import type { Backlog } from './backlog.ts';
import { parseDeadLetter } from './parse-dead-letter.ts';
import { scanExport } from './scan-export.ts';

/** A dead-letter log line that cannot be sent. */
export interface UnreadableLine {
  /** Line number in the export, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ReadResult {
  /** The number of dead-letter log lines. */
  readonly found: number;
  readonly unreadable: readonly UnreadableLine[];
}

/**
 * Adds all reports of an export to a backlog.
 *
 * @param agentId - overrides the agent of every line
 */
export async function readBacklog(
  backlog: Backlog,
  chunks: AsyncIterable<string>,
  agentId: string | undefined,
): Promise<ReadResult> {
  const unreadable: UnreadableLine[] = [];
  let found = 0;
  for await (const deadLetter of scanExport(chunks)) {
    found += 1;
    const { line, time } = deadLetter;
    const parsed = deadLetter.kind === 'json' ? parseDeadLetter(deadLetter.json) : deadLetter;
    if (deadLetter.kind === 'unreadable' || parsed.kind === 'unreadable') {
      unreadable.push({ line, reason: parsed.kind === 'unreadable' ? parsed.reason : '' });
      continue;
    }
    const { id, isSuccess } = parsed;
    await backlog.add(
      { agentId: agentId ?? parsed.agentId, id, isSuccess, line, time },
      deadLetter.json,
    );
  }
  return { found, unreadable };
}
