import type { IncomingMessage } from 'node:http';

/** The head of a request that brought a report, as it is stored: without secrets. */
export interface StoredRequest {
  /** Path and query as they came, percent-encoding included. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const masked = '[masked]';

// Whatever a proxy or a client of the user's own puts in.
const secretNames = /key|token|secret|passw|auth|cookie|credential|session|signature|jwt/i;

// A shorter key would be found in ordinary words.
const shortestKey = 6;

/** Takes the secrets out of the head of a request. */
export function maskRequest(incoming: IncomingMessage): StoredRequest {
  const key = incoming.headers['x-api-key'];
  const withoutKey = (text: string): string =>
    typeof key === 'string' && key.length >= shortestKey ? text.replaceAll(key, masked) : text;
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    secretNames.test(name) ? masked : withoutKey(String(value)),
  ]);
  return { path: withoutKey(maskQuery(incoming.url ?? '')), headers: Object.fromEntries(headers) };
}

function maskQuery(url: string): string {
  return url.replace(/([?&])([^=&#]*)=([^&#]*)/g, (pair, begin: string, name: string) =>
    secretNames.test(name) ? `${begin}${name}=${masked}` : pair,
  );
}
