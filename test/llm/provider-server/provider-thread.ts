/** Runs the server on a thread of its own, so that it does not share a turn with who measures. */

import { parentPort } from 'node:worker_threads';
import { startProviderServer } from './provider-server.ts';

const { url } = await startProviderServer();
parentPort?.postMessage(url);
