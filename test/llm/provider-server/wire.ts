/** How a provider answers on the wire. */

import type { Said } from './said.ts';

export interface Wire {
  readonly plain: (said: Said, asked: Asked) => WireAnswer;
  readonly stream: (said: Said, asked: Asked) => WireAnswer;
  /** The rest of a stream that breaks off, told in the stream. */
  readonly streamError: (message: string) => Piece;
  readonly error: (status: number, message: string) => WireAnswer;
}

export interface Asked {
  /** No other answer has it until `takeRequests`. */
  readonly id: string;
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is written at a time. */
export type Piece = string | Uint8Array;

export interface WireAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Piece[];
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  const text = JSON.stringify(body);
  const middle = Math.floor(text.length / 2);
  return {
    headers: { 'content-type': 'application/json', ...headers },
    pieces: [text.slice(0, middle), text.slice(middle)],
  };
}

export function serverSentEvents(
  pieces: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers }, pieces };
}
