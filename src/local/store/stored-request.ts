import type { IncomingMessage } from 'node:http';

/** The path and headers of a report's request, without secrets. */
export interface StoredRequest {
  /** Path and query as received, percent-encoded. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const redacted = '[masked]';

// Header and query parameter names that proxies and clients use for secrets.
const secretNames = /key|token|secret|passw|auth|cookie|credential|session|signature|jwt/i;

// A shorter key could occur in ordinary words.
const minKeyLength = 6;

/** Redacts secrets in the path and headers of a request. */
export function redactRequest(incoming: IncomingMessage): StoredRequest {
  const key = incoming.headers['x-api-key'];
  const withoutKey = (text: string): string =>
    typeof key === 'string' && key.length >= minKeyLength ? text.replaceAll(key, redacted) : text;
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    secretNames.test(name) ? redacted : withoutKey(String(value)),
  ]);
  return {
    path: withoutKey(redactQuery(incoming.url ?? '')),
    headers: Object.fromEntries(headers),
  };
}

function redactQuery(url: string): string {
  return url.replace(/([?&])([^=&#]*)=([^&#]*)/g, (parameter, separator: string, name: string) =>
    secretNames.test(name) ? `${separator}${name}=${redacted}` : parameter,
  );
}
