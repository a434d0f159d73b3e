/**
 * Writes an answer piece by piece, as long as somebody reads it, and tells the longest time that it
 * had to wait for the reader, in milliseconds.
 */

import { once } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Response } from './either-protocol.ts';
import type { Piece, WireAnswer } from './wire.ts';

export interface Sending {
  readonly status: number;
  readonly delayMs: number;
  /** Whether each piece is to arrive by itself. */
  readonly isStream: boolean;
  readonly isGzipped: boolean;
  /** Ends the connection after half of the pieces. */
  readonly isCut: boolean;
}

export async function sendAnswer(
  response: Response,
  answer: WireAnswer,
  sending: Sending,
): Promise<number> {
  const pieces = sending.isGzipped ? gzipped(answer.pieces) : answer.pieces;
  const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  const headers = {
    ...answer.headers,
    ...(sending.isGzipped && { 'content-encoding': 'gzip' }),
    ...(!sending.isStream && { 'content-length': String(length) }),
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = sending.status;
  const sent = sending.isCut ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces;
  let stalledMs = 0;
  for (const piece of sent) {
    if (sending.isStream) await pause(sending.delayMs);
    if (isOver(response)) return stalledMs;
    if (write(response, piece)) continue;
    const since = performance.now();
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
    stalledMs = Math.max(stalledMs, performance.now() - since);
  }
  if (!sending.isCut) {
    response.end();
    return stalledMs;
  }
  // What was written arrives before the end of the connection does.
  await setTimeout(20);
  if ('stream' in response) response.stream.close(2);
  else response.socket?.destroy();
  return stalledMs;
}

async function pause(delayMs: number): Promise<void> {
  if (delayMs > 0) await setTimeout(delayMs);
  else await setImmediate();
}

function isOver(response: Response): boolean {
  return response.writableEnded || response.destroyed || response.closed;
}

function write(response: Response, piece: Piece): boolean {
  // Both kinds of response have it; their overloads have no signature in common.
  const writable: { write(chunk: Piece): boolean } = response as never;
  return writable.write(piece);
}

/** Cut at a place that has no meaning. */
function gzipped(pieces: readonly Piece[]): Buffer[] {
  const bytes = gzipSync(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  const middle = Math.floor(bytes.length / 2);
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}
