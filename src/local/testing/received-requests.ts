import type { IncomingMessage } from 'node:http';
import { maskRequest } from '../store/stored-request.ts';

/** A request as it came in, for tests to look at. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came, percent-encoding included. */
  readonly path: string;
  /** Names in lower case; keys and other secrets are replaced by `[masked]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; the text when it is no JSON; undefined when there is none. */
  readonly body: unknown;
}

/** The requests that came in last, oldest first. */
export interface RequestLog {
  /** Notes a request; the returned function adds its body once that has come. */
  add(incoming: IncomingMessage): (body: string) => void;
  entries(): readonly ReceivedRequest[];
}

/** Keeps the last `size` requests. */
export function createRequestLog(size: number): RequestLog {
  const kept: { readonly request: Omit<ReceivedRequest, 'body'>; body: string }[] = [];
  return {
    add(incoming) {
      const entry = { request: describe(incoming), body: '' };
      kept.push(entry);
      if (kept.length > size) {
        kept.shift();
      }
      return (body) => {
        entry.body = body;
      };
    },
    entries: () => kept.map(({ request, body }) => ({ ...request, body: parseBody(body) })),
  };
}

function describe(incoming: IncomingMessage): Omit<ReceivedRequest, 'body'> {
  return { method: incoming.method ?? '', ...maskRequest(incoming) };
}

function parseBody(text: string): unknown {
  if (text === '') {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
