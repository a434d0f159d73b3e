/** The sentinel's side of Lambda's Extensions and Telemetry APIs. */
import { errorCode } from '../../base/error-code.ts';
import {
  type InvokeEvent,
  identifierHeader,
  nextPath,
  type Registration,
  readInvokeEvent,
  readRegistration,
  registerPath,
} from '../../delivery/lambda-extension/extensions-api.ts';
import type { LambdaConnection } from '../../delivery/lambda-extension/lambda-connection.ts';

/** What Lambda has to say. */
export type LambdaEvent =
  | { readonly kind: 'invoke'; readonly event: InvokeEvent }
  | {
      readonly kind: 'shutdown';
      /** In lower case: `spindown`, `timeout`, `failure`, or an emulator's own word. */
      readonly reason: string;
      /** Epoch milliseconds. */
      readonly deadlineMs: number;
    }
  /** Nothing that is known here. */
  | { readonly kind: 'other' }
  | { readonly kind: 'failed'; readonly reason: string };

// What Lambda gives at a shutdown, should an event not say it.
const shutdownMs = 2_000;

/** Registers under the launcher's name, as Lambda demands. Never rejects. */
export async function register(
  lambda: LambdaConnection,
  name: string,
  events: readonly string[],
): Promise<Registration> {
  try {
    const headers = { 'lambda-extension-name': name, 'content-type': 'application/json' };
    const body = JSON.stringify({ events });
    return readRegistration(
      await lambda.call({ method: 'POST', path: registerPath, headers, body, keepsAlive: true }),
    );
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

/** Asks for the next event, which also says that all work for the last one is done. */
export async function askForNext(
  lambda: LambdaConnection,
  identifier: string,
): Promise<LambdaEvent> {
  try {
    const headers = { [identifierHeader]: identifier };
    const call = { method: 'GET', path: nextPath, headers, keepsAlive: true } as const;
    const { statusCode, body } = await lambda.call(call);
    return statusCode === 200 ? readEvent(body) : failed(`status ${statusCode}`);
  } catch (error) {
    return failed(reasonOf(error));
  }
}

/**
 * Subscribes to the platform's events: Lambda tells the start and the end of each invocation.
 *
 * @param port - where this process listens
 * @returns why it is not possible, undefined if it is. Never rejects.
 */
export async function subscribe(
  lambda: LambdaConnection,
  identifier: string,
  port: number,
): Promise<string | undefined> {
  const subscription = {
    schemaVersion: '2025-01-29',
    types: ['platform'],
    buffering: { maxItems: 1_000, maxBytes: 262_144, timeoutMs: 25 },
    destination: { protocol: 'HTTP', URI: `http://sandbox.localdomain:${port}` },
  };
  try {
    const { statusCode } = await lambda.call({
      method: 'PUT',
      path: '/2022-07-01/telemetry',
      headers: { [identifierHeader]: identifier, 'content-type': 'application/json' },
      body: JSON.stringify(subscription),
      keepsAlive: true,
    });
    // Emulators accept it with another status, and then send nothing.
    return statusCode === 200 ? undefined : `status ${statusCode}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function readEvent(body: string): LambdaEvent {
  const invoke = readInvokeEvent(body);
  if (invoke !== undefined) return { kind: 'invoke', event: invoke };
  try {
    const event: Partial<Record<string, unknown>> = JSON.parse(body);
    if (event['eventType'] !== 'SHUTDOWN') return { kind: 'other' };
    const { shutdownReason, deadlineMs } = event;
    return {
      kind: 'shutdown',
      reason: String(shutdownReason).toLowerCase(),
      deadlineMs: typeof deadlineMs === 'number' ? deadlineMs : Date.now() + shutdownMs,
    };
  } catch {
    return { kind: 'other' };
  }
}

function failed(reason: string): LambdaEvent {
  return { kind: 'failed', reason };
}

function reasonOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}
