/** Runs on a thread of its own: a local platform, or a server with one fixed answer. */
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type LocalPlatformOptions,
  startLocalPlatform,
} from '../../src/local/server/local-platform.ts';

/** What the thread is to serve. */
export type Served =
  | { readonly kind: 'platform'; readonly options: LocalPlatformOptions }
  | { readonly kind: 'answer'; readonly answer: FixedAnswer };

/** An answer to every request; `{key}` in the body stands for the API key that came in. */
export interface FixedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const served: Served = workerData;

if (served.kind === 'platform') {
  const platform = await startLocalPlatform(served.options);
  parentPort?.on('message', () => parentPort?.postMessage(platform.requests()));
  parentPort?.postMessage(platform.url);
} else {
  const { status, body, headers } = served.answer;
  const server = createServer((request, response) => {
    request.resume();
    const key = String(request.headers['x-api-key']);
    response.writeHead(status, headers).end(body.replaceAll('{key}', key));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    parentPort?.postMessage(`http://127.0.0.1:${typeof address === 'object' && address?.port}`);
  });
}
