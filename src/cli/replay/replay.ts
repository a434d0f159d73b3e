/** Reads an export, sends what it holds, and says what became of it. */

import { type Connection, resolveConfiguration } from '../../config/platform-configuration.ts';
import { ConfigurationError } from '../../errors.ts';
import { type Backlog, openBacklog } from './backlog.ts';
import { marker } from './marked-text.ts';
import { createProgress } from './progress.ts';
import { type ReadResult, readBacklog } from './read-backlog.ts';
import { readExport } from './read-export.ts';
import { openRejectedFile, type RejectedFile } from './rejected-file.ts';
import { type SendResult, type Sent, sendBacklog } from './send-backlog.ts';
import { dryRunText, isComplete, summarize, summaryText } from './summary.ts';

/** The command's flags. */
export interface ReplayOptions {
  readonly agentId?: string;
  readonly baseUrl?: string;
  /** Requests in any minute; 0: as many as there are. */
  readonly rate: number;
  readonly rejected?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * Replays an export: the result goes to standard output, all else to standard error.
 *
 * @returns whether everything that was found is accounted for
 * @throws ConfigurationError when something is missing or cannot be read or written
 */
export async function replay(
  file: string,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const connection = resolveConfiguration({ baseUrl: options.baseUrl });
  if (connection.apiKey === undefined && !options.dryRun) {
    throw new ConfigurationError('There is no API key. Set XPANDER_API_KEY.');
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
    console.error('Interrupted while reading: nothing was sent.');
    return false;
  }
  if (options.dryRun) {
    console.log(dryRunText(read, backlog, options.json));
    return read.unreadable.length === 0;
  }
  const rejected = options.rejected ? await openRejectedFile(options.rejected) : undefined;
  const result = await send(backlog, connection, options, signal);
  await keepRejected(rejected, backlog, result);
  const summary = summarize(read, backlog.superseded, result);
  console.log(options.json ? JSON.stringify(summary, undefined, 2) : summaryText(summary));
  return isComplete(summary);
}

/** Undefined when it was interrupted: of half an export nobody knows which report is the latest. */
async function readAll(
  backlog: Backlog,
  file: string,
  agentId: string | undefined,
  signal: AbortSignal,
): Promise<ReadResult | undefined> {
  const name = file === '-' ? 'standard input' : `"${file}"`;
  // A large file takes a while, and a terminal as standard input waits for its user.
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
    `There is no undelivered report in ${name}: nothing in it starts with '${marker}'. Is it an export of the function's log?`,
  );
}

async function send(
  backlog: Backlog,
  connection: Connection,
  { rate }: ReplayOptions,
  signal: AbortSignal,
): Promise<SendResult> {
  const total = backlog.entries().length;
  const limit = rate === 0 ? '' : `, at most ${rate} requests a minute`;
  const reports = total === 1 ? '1 report' : `${total} reports`;
  console.error(`Sending ${reports} to ${connection.baseUrl}${limit}.`);
  const progress = createProgress(total, process.stderr);
  try {
    return await sendBacklog(backlog, {
      connection,
      perMinute: rate,
      signal,
      onProgress(sofar, pauseMs) {
        const { sent, alreadyThere, notSent } = sofar;
        progress.update(sent + alreadyThere + notSent.length, countsOf(sofar), pauseMs);
      },
    });
  } finally {
    progress.end();
  }
}

function countsOf({ sent, alreadyThere, notSent }: Sent): string {
  return `${sent} sent, ${alreadyThere} already there, ${notSent.length} not sent`;
}

async function keepRejected(
  rejected: RejectedFile | undefined,
  backlog: Backlog,
  { notSent, notTried }: SendResult,
): Promise<void> {
  const entries = [...notSent.map(({ entry }) => entry), ...notTried];
  await rejected?.write(backlog, entries);
  if (rejected === undefined && entries.length > 0) {
    console.error(
      'What is left can be sent by the same command again; --rejected FILE keeps it apart.',
    );
  }
}
