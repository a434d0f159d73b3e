/** Servers of raw bytes on another thread: the code under test may block the test's thread. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll } from 'vitest';
import type { Step } from './scripted-api-thread.ts';

export interface ScriptedApi {
  readonly port: number;
  /** The bytes that came in, one text for each connection. */
  readonly received: () => Promise<readonly string[]>;
  /** How many connections are open. */
  readonly open: () => Promise<number>;
}

// One thread for all tests of a file: it takes longer to start than they all take together.
const worker = new Worker(new URL('./scripted-api-thread.ts', import.meta.url), { execArgv: [] });
afterAll(async () => void (await worker.terminate()));

/** @param steps - what the first request of each connection is answered with */
export async function scriptedApi(...steps: readonly Step[]): Promise<ScriptedApi> {
  const port = await ask({ steps });
  return {
    port,
    received: async () => (await ask({ port })).received,
    open: async () => (await ask({ port })).open,
  };
}

async function ask(question: object) {
  worker.postMessage(question);
  const [said] = await once(worker, 'message');
  return said;
}

/** What a server sends. */
export function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const all = { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Some Reason\r\n${lines.join('')}\r\n${body}`;
}

export const registered: string = answer(
  200,
  '{"functionName":"agent","handler":"index.handler"}',
  {
    'Lambda-Extension-Identifier': 'id-1',
  },
);
