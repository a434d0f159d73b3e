/** The local platform's API with its rate limit on a clock that the test sets forward. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/local/server/app.ts';
import { createFaultInjector } from '../../src/local/server/faults.ts';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import { createRateLimit } from '../../src/local/server/rate-limit.ts';
import { openTaskStore } from '../../src/local/store/task-store.ts';
import { createRequestLog } from '../../src/local/testing/received-requests.ts';

export interface LimitedPlatform extends Pick<LocalPlatform, 'url' | 'tasks'> {
  /** How many requests were granted so far. */
  readonly answered: () => number;
  /** How many were answered with 429. */
  readonly refused: () => number;
}

export interface PlatformLimit {
  readonly perMinute: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Whether a refusal says how long to wait. @default true */
  readonly retryAfter?: boolean;
  /** Called with the id of each report that was delivered. */
  readonly onReport?: (id: string) => void;
}

export async function startLimitedPlatform(limit: PlatformLimit): Promise<LimitedPlatform> {
  const { perMinute, now, retryAfter = true, onReport } = limit;
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
    faults: createFaultInjector(undefined),
    log: createRequestLog(1),
    bodyLimitBytes: 10 * 1024 * 1024,
    loopbackOnly: true,
    onSaved: ({ task }) => onReport?.(task.id),
  });
  const answer = async (request: Request, env: Parameters<typeof app.fetch>[1]) => {
    const response = await app.fetch(request, env);
    const isBare = response.status === 429 && !retryAfter;
    return isBare ? new Response(await response.text(), { status: 429 }) : response;
  };
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }));
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
