import type { IncomingMessage } from 'node:http';
import { redactRequest } from '../store/stored-request.ts';

/** A received request, for assertions in tests. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as received, percent-encoded. */
  readonly path: string;
  /** Names in lower case. API keys and other secrets are replaced by `[masked]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or the text if it is not JSON; undefined if there is no body. */
  readonly body: unknown;
}

/** The last requests, oldest first. */
export interface RequestLog {
  /** Adds a request. The returned function adds its body. */
  add(incoming: IncomingMessage): (body: string) => void;
  entries(): readonly ReceivedRequest[];
}

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
  return { method: incoming.method ?? '', ...redactRequest(incoming) };
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
