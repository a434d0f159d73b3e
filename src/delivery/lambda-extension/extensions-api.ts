/** Builds requests to Lambda's Extensions API, and parses its responses. */
import type { HttpAnswer } from './http-response.ts';

/** The host and port in `AWS_LAMBDA_RUNTIME_API`. */
export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

export type Registration =
  | { readonly kind: 'registered'; readonly identifier: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The fields of an INVOKE event that we use. */
export interface InvokeEvent {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
}

export const registerPath = '/2020-01-01/extension/register';
export const nextPath = '/2020-01-01/extension/event/next';
export const identifierHeader = 'lambda-extension-identifier';

/** The name of the extension in Lambda's own log lines. */
const extensionName = 'xpander-lambda';

export const registerHeaders: Readonly<Record<string, string>> = {
  'lambda-extension-name': extensionName,
  'content-type': 'application/json',
};

// An internal extension can register for no other event: Lambda refuses SHUTDOWN.
export const registerBody: string = JSON.stringify({ events: ['INVOKE'] });

/** @returns undefined if the address has no port */
export function parseAddress(runtimeApi: string): ApiAddress | undefined {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(runtimeApi) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

export function readRegistration({ statusCode, header, body }: HttpAnswer): Registration {
  const identifier = header(identifierHeader);
  if (statusCode === 200 && identifier) return { kind: 'registered', identifier };
  const [, errorType] = /"errorType"\s*:\s*"([^"]+)"/.exec(body) ?? [];
  return { kind: 'refused', reason: errorType ?? `status ${statusCode}` };
}

/** @returns undefined for any other event, and if malformed */
export function readInvokeEvent(body: string): InvokeEvent | undefined {
  try {
    const event: Partial<Record<string, unknown>> = JSON.parse(body);
    const { eventType, requestId, deadlineMs } = event;
    if (eventType !== 'INVOKE' || typeof requestId !== 'string') return undefined;
    return { requestId, deadlineMs: typeof deadlineMs === 'number' ? deadlineMs : Date.now() };
  } catch {
    return undefined;
  }
}
