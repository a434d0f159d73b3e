/** What this package says to Lambda's Extensions API, and how it reads the answers. */
import type { HttpAnswer } from './http-response.ts';

/** Where the API is, as `AWS_LAMBDA_RUNTIME_API` says: host and port. */
export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/** How a registration ended. */
export type Registration =
  | { readonly kind: 'registered'; readonly identifier: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Of an INVOKE event what is used here. */
export interface InvokeEvent {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
}

export const registerPath = '/2020-01-01/extension/register';
export const nextPath = '/2020-01-01/extension/event/next';
export const identifierHeader = 'lambda-extension-identifier';

/** The name under which Lambda's own log lines show the extension. */
const extensionName = 'xpander-lambda';

export const registerHeaders: Readonly<Record<string, string>> = {
  'lambda-extension-name': extensionName,
  'content-type': 'application/json',
};

// An internal extension hears of nothing else: SHUTDOWN is refused.
export const registerBody: string = JSON.stringify({ events: ['INVOKE'] });

/** @returns undefined for an address without a port */
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

/** @returns undefined for any other event, and for what is none */
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
