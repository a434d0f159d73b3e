/** Sends a request like `exchange`, but blocks the thread until the response arrives. */
import type { Worker } from 'node:worker_threads';
import { ConnectionError } from '../errors.ts';
import { refusal, retryAfterSeconds } from './answer.ts';
import { connectionError } from './connection-error.ts';
import type { ApiRequest } from './transport.ts';

/**
 * Sends a request from a worker thread.
 *
 * @throws ApiError if the response is not a success
 * @throws ConnectionError if there is no response
 */
export function blockingExchange(request: Omit<ApiRequest, 'signal'>): string {
  const answer = ask(request);
  if ('failure' in answer) {
    const { name, message, code } = answer.failure;
    throw connectionError(request, Object.assign(new Error(message), { name, code }));
  }
  if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.text;
  const retryAfter = retryAfterSeconds(answer.retryAfter);
  throw refusal(request, answer.statusCode, answer.text, retryAfter);
}

type Answer =
  | { readonly statusCode: number; readonly retryAfter: string | null; readonly text: string }
  | {
      readonly failure: { readonly name: string; readonly message: string; readonly code: string };
    };

let worker: Worker | undefined;

function ask(request: Omit<ApiRequest, 'signal'>): Answer {
  const { MessageChannel, receiveMessageOnPort } = threads();
  worker ??= startWorker();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const { port1: here, port2: there } = new MessageChannel();
  try {
    worker.postMessage({ ...request, answered, port: there }, [there]);
    // The worker enforces the timeout of the request. The extra second is for a worker that hangs.
    Atomics.wait(answered, 0, 0, request.timeoutMs + startUpMs + 1_000);
    const received: { message: Answer } | undefined = receiveMessageOnPort(here);
    if (received) return received.message;
    void worker.terminate();
    worker = undefined;
    throw new ConnectionError(`${request.method} ${request.url}: the worker did not respond.`, {
      code: 'ETIMEDOUT',
    });
  } finally {
    here.close();
  }
}

// Starting the thread and loading fetch took 70 to 120 ms on a full CPU. A function with little
// memory has a fraction of one.
const startUpMs = 5_000;

// Loaded by the first call, because most users never block.
function threads(): typeof import('node:worker_threads') {
  return process.getBuiltinModule('node:worker_threads');
}

function startWorker(): Worker {
  const started = new (threads().Worker)(workerSource, {
    eval: true,
    // Preloads are for the function's own threads.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  started.unref();
  // Without a listener, an error of the worker would end the process.
  started.on('error', () => {
    worker = undefined;
  });
  return started;
}

// A text instead of a file, which bundlers would not find.
const workerSource = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async ({ url, method, apiKey, body, timeoutMs, answered, port }) => {
  let answer;
  try {
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'x-api-key': apiKey,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = {
      statusCode: response.status,
      retryAfter: response.headers.get('retry-after'),
      text: await response.text(),
    };
  } catch (error) {
    const { name, message, code } = error.cause ?? error;
    answer = { failure: { name, message, code: typeof code === 'string' ? code : name } };
  }
  port.postMessage(answer);
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
});
`;
