/**
 * Servers on a thread of their own, for code that blocks the test's thread. They end with the
 * test.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { LocalPlatformOptions } from '../../src/local/server/local-platform.ts';
import type { ReceivedRequest } from '../../src/local/testing/received-requests.ts';
import type { FixedAnswer, Served } from './server-thread.ts';

/** A local platform on another thread. */
export interface ThreadedPlatform {
  readonly url: string;
  /** What came in, oldest first. */
  requests(): Promise<readonly ReceivedRequest[]>;
}

export async function threadedPlatform(
  options: LocalPlatformOptions = {},
): Promise<ThreadedPlatform> {
  const { worker, url } = await start({ kind: 'platform', options });
  return {
    url,
    async requests() {
      worker.postMessage('requests');
      const [requests] = await once(worker, 'message');
      return requests;
    },
  };
}

/** The URL of a server that answers everything in the same way. */
export async function threadedAnswer(answer: FixedAnswer): Promise<string> {
  return (await start({ kind: 'answer', answer })).url;
}

async function start(workerData: Served): Promise<{ worker: Worker; url: string }> {
  const worker = new Worker(new URL('./server-thread.ts', import.meta.url), {
    workerData,
    execArgv: [],
  });
  onTestFinished(async () => void (await worker.terminate()));
  const [url] = await once(worker, 'message');
  return { worker, url };
}
