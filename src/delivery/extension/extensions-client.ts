/** The calls of the Extensions API that take their time, over a connection of their own. */
import { Agent, request } from 'node:http';
import {
  type ApiAddress,
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

/** How a call for the next event ended. */
export type Next =
  | { readonly kind: 'invoke'; readonly event: InvokeEvent }
  /** An event that is of no interest here. */
  | { readonly kind: 'other' }
  /** Lambda does not take the call as things stand, or the connection is gone. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Registers as soon as it can. Never rejects. */
export async function register(address: ApiAddress): Promise<Registration> {
  try {
    const { statusCode, headers, body } = await call(address, {
      method: 'POST',
      path: registerPath,
      headers: registerHeaders,
      body: registerBody,
      keepsAlive: true,
    });
    return readRegistration(statusCode, headers[identifierHeader], body);
  } catch (error) {
    return { kind: 'refused', reason: reasonOf(error) };
  }
}

/** Asks for the next event, which also says that all work for the last one is done. */
export async function askForNext(address: ApiAddress, identifier: string): Promise<Next> {
  try {
    const { statusCode, body } = await call(address, {
      method: 'GET',
      path: nextPath,
      headers: { [identifierHeader]: identifier },
      keepsAlive: false,
    });
    if (statusCode !== 200) return { kind: 'failed', reason: `status ${statusCode}` };
    const event = readInvokeEvent(body);
    return event ? { kind: 'invoke', event } : { kind: 'other' };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error) };
  }
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether a process that has nothing else to do waits for the answer. */
  readonly keepsAlive: boolean;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// One connection, held open over freezes of any length: no time limit anywhere.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(
  address: ApiAddress,
  { method, path, headers, body, keepsAlive }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pending = request({ ...address, agent, method, path, headers, timeout: 0 });
    pending.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          statusCode: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          ),
          body: text,
        }),
      );
    });
    pending.on('error', reject);
    if (!keepsAlive) pending.on('socket', (socket) => socket.unref());
    pending.end(body);
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
