/** Calls the Extensions API: registration and the next event. */
import { errorCode } from '../../base/error-code.ts';
import {
  type InvokeEvent,
  identifierHeader,
  nextPath,
  type Registration,
  readInvokeEvent,
  readRegistration,
  registerBody,
  registerHeaders,
  registerPath,
} from './extensions-api.ts';
import type { LambdaCall, LambdaConnection } from './lambda-connection.ts';

export type Next =
  | { readonly kind: 'invoke'; readonly event: InvokeEvent }
  /** An event that we do not use. */
  | { readonly kind: 'other' }
  /** Lambda does not accept the call at this time, or the connection is lost. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Registers the extension. Never rejects. */
export async function register(lambda: LambdaConnection): Promise<Registration> {
  try {
    return readRegistration(
      await lambda.call({
        method: 'POST',
        path: registerPath,
        headers: registerHeaders,
        body: registerBody,
        keepsAlive: true,
      }),
    );
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

/** Asks for the next event. To Lambda this means that all work for the last one is done. */
export async function askForNext(lambda: LambdaConnection, identifier: string): Promise<Next> {
  try {
    const { statusCode, body } = await lambda.call(nextCall(identifier));
    if (statusCode !== 200) return { kind: 'failed', reason: `status ${statusCode}` };
    const event = readInvokeEvent(body);
    return event ? { kind: 'invoke', event } : { kind: 'other' };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

export function nextCall(identifier: string): LambdaCall {
  return { method: 'GET', path: nextPath, headers: { [identifierHeader]: identifier } };
}

function reasonOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}
