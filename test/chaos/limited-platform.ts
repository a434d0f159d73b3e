/** The local platform's API with its rate limit on a clock that the test sets forward. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/local/app.ts';
import { createFaultSwitch } from '../../src/local/faults.ts';
import type { LocalPlatform } from '../../src/local/local-platform.ts';
import { createRateLimit } from '../../src/local/rate-limit.ts';
import { createRequestLog } from '../../src/local/received-requests.ts';
import { openTaskStore } from '../../src/local/task-store.ts';

export interface LimitedPlatform extends Pick<LocalPlatform, 'url' | 'tasks'> {
  /** How many requests were granted so far. */
  readonly answered: () => number;
  /** How many were answered with 429. */
  readonly refused: () => number;
}

/** @param now - monotonic clock in milliseconds */
export async function startLimitedPlatform(
  perMinute: number,
  now: () => number,
): Promise<LimitedPlatform> {
  const store = openTaskStore(':memory:');
  const takeRate = createRateLimit({ perMinute, now });
  const counts = { granted: 0, refused: 0 };
  const app = createApp({
    store,
    organizationId: 'local',
    checkKey: () => 'accepted',
    takeRate: () => {
      const decision = takeRate();
      counts[decision.kind] += 1;
      return decision;
    },
    faults: createFaultSwitch(undefined),
    log: createRequestLog(1),
    bodyLimitBytes: 10 * 1024 * 1024,
    loopbackOnly: true,
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    store.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address?.port}`,
    tasks: store.reportedTasks,
    answered: () => counts.granted,
    refused: () => counts.refused,
  };
}
