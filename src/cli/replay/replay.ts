/** Reads an export, sends its reports and prints a summary. */

import { type Connection, resolveConfiguration } from '../../config/platform-configuration.ts';
import { ConfigurationError } from '../../errors.ts';
import { type Backlog, openBacklog } from './backlog.ts';
import { marker } from './find-dead-letters.ts';
import { createProgress } from './progress.ts';
import { type ReadResult, readBacklog } from './read-backlog.ts';
import { readExport } from './read-export.ts';
import { openRejectedFile, type RejectedFile } from './rejected-file.ts';
import { type SendProgress, type SendResult, sendBacklog } from './send-backlog.ts';
import { dryRunText, isComplete, summarize, summaryText } from './summary.ts';

export interface ReplayOptions {
  readonly agentId?: string;
  readonly baseUrl?: string;
  /** Maximum requests in any minute; 0 for no limit. */
  readonly rate: number;
  readonly rejected?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Replays an export. Prints the summary to standard output and progress to standard error.
 *
 * @returns whether every report was sent or did not need to be sent
 * @throws ConfigurationError if the API key is missing or a file cannot be read or written
 */
export async function replay(
  file: string,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const connection = resolveConfiguration({ baseUrl: options.baseUrl });
  if (connection.apiKey === undefined && !options.dryRun) {
    throw new ConfigurationError('No API key. Set XPANDER_API_KEY.');
  }
  const backlog = await openBacklog();
  try {
    return await replayWith(backlog, file, options, connection, signal);
  } finally {
    await backlog.close();
  }
}

async function replayWith(
  backlog: Backlog,
  file: string,
  options: ReplayOptions,
  connection: Connection,
  signal: AbortSignal,
): Promise<boolean> {
  const read = await readAll(backlog, file, options.agentId, signal);
  if (read === undefined) {
    console.error('Interrupted while reading; nothing was sent.');
    return false;
  }
  if (options.dryRun) {
    console.log(dryRunText(read, backlog, options.json));
    return read.unreadable.length === 0;
  }
  const rejected = options.rejected ? await openRejectedFile(options.rejected) : undefined;
  const result = await send(backlog, connection, options, signal);
  await saveRejected(rejected, backlog, result);
  const summary = summarize(read, backlog.superseded, result);
  console.log(options.json ? JSON.stringify(summary, undefined, 2) : summaryText(summary));
  return isComplete(summary);
}

/** Undefined if interrupted: a partial export does not show which report of a task is the latest. */
async function readAll(
  backlog: Backlog,
  file: string,
  agentId: string | undefined,
  signal: AbortSignal,
): Promise<ReadResult | undefined> {
  const name = file === '-' ? 'standard input' : `"${file}"`;
  // Reading can take long, and a terminal as standard input waits for the user.
  if (process.stderr.isTTY) console.error(`Reading ${name}.`);
  let read: ReadResult;
  try {
    read = await readBacklog(backlog, readExport(file, signal), agentId);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
  if (read.found > 0) return read;
  throw new ConfigurationError(
    `No undelivered reports found in ${name}: nothing starts with '${marker}'. Check that it is an export of the function's log.`,
  );
}

async function send(
  backlog: Backlog,
  connection: Connection,
  { rate }: ReplayOptions,
  signal: AbortSignal,
): Promise<SendResult> {
  const total = backlog.entries().length;
  const limit = rate === 0 ? '' : `, at most ${rate} requests per minute`;
  const reports = total === 1 ? '1 report' : `${total} reports`;
  console.error(`Sending ${reports} to ${connection.baseUrl}${limit}.`);
  const progress = createProgress(total, process.stderr);
  try {
    return await sendBacklog(backlog, {
      connection,
      perMinute: rate,
      signal,
      onProgress(counts, pauseMs) {
        const { sent, alreadyThere, notSent } = counts;
        progress.update(sent + alreadyThere + notSent.length, formatCounts(counts), pauseMs);
      },
    });
  } finally {
    progress.end();
  }
}

function formatCounts({ sent, alreadyThere, notSent }: SendProgress): string {
  return `${sent} sent, ${alreadyThere} already finished, ${notSent.length} not sent`;
}

async function saveRejected(
  rejected: RejectedFile | undefined,
  backlog: Backlog,
  { notSent, notTried }: SendResult,
): Promise<void> {
  const entries = [...notSent.map(({ entry }) => entry), ...notTried];
  await rejected?.write(backlog, entries);
  if (rejected === undefined && entries.length > 0) {
    console.error(
      'Run the same command again to send the remaining reports, or add --rejected FILE to save only those.',
    );
  }
}
