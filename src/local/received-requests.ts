import type { IncomingMessage } from 'node:http';

/** A request as it came in, for tests to look at. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came, percent-encoding included. */
  readonly path: string;
  /** Names in lower case; keys are replaced by `[masked]`. */
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

const keyHeaders = new Set(['x-api-key', 'authorization']);

function describe(incoming: IncomingMessage): Omit<ReceivedRequest, 'body'> {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    keyHeaders.has(name) ? '[masked]' : String(value),
  ]);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: Object.fromEntries(headers),
  };
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
