/** Lambda repeats an asynchronous event under the same request id: the last attempt counts. */

import { expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../src/local/server/faults.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { mockWallClock } from './environment-clock.ts';
import { type Environment, startEnvironment } from './environments.ts';

const requestId = 'c0ffee00-0000-4000-8000-000000000001';
// Longer than the first pause of the circuit breaker.
const pauseMs = 2_000;

test.each(['in-band', 'after-response'])(
  '%s: the stub of an attempt that crashed gives way to the next attempt',
  async (delivery) => {
    const { platform, start } = await setUp({ XPANDER_DELIVERY: delivery });
    const environment = await start();

    await environment.invoke({ way: 'exits', code: 1, waitMs: 0 }, { requestId });
    await environment.invoke({ way: 'answers' }, { requestId });
    await environment.invoke({ way: 'answers' });

    expect(statusIn(platform)).toBe('completed');
  },
);

test.each(['in-band', 'after-response'])(
  '%s: also when the platform takes neither at first',
  async (delivery) => {
    const { platform, start } = await setUp({ XPANDER_DELIVERY: delivery });
    const environment = await start();

    await environment.invoke({ way: 'exits', code: 1, waitMs: 0 }, { requestId });
    platform.setFaults({ kind: 'status', status: 503, calls: 'all' });
    await environment.invoke({ way: 'answers' }, { requestId });
    platform.setFaults(undefined);
    for (let count = 0; count < 2; count += 1) {
      environment.clock.pass(pauseMs);
      await environment.invoke({ way: 'answers' });
    }

    expect(statusIn(platform)).toBe('completed');
  },
);

test.each<[string, Fault]>([
  ['is answered with 500', { kind: 'status', status: 500, times: 1 }],
  ['gets no answer', { kind: 'hang', times: 1 }],
])('a failure whose request %s is not sent again over a success', async (_, fault) => {
  const { platform, start } = await setUp({ XPANDER_BUDGET_MS: '2000' });
  const [environment, another] = await Promise.all([start(), start()]);
  await another.invoke({ way: 'answers' });
  await environment.invoke({ way: 'exits', code: 1, waitMs: 0 }, { requestId });

  // First the next run's own report, then the question, then the failure.
  platform.setFaults([{ kind: 'latency', ms: 0, times: 1 }, fault]);
  const next = environment.invoke({ way: 'answers' });
  await expect.poll(() => callsIn(platform)).toEqual(['GET', 'POST']);
  await another.invoke({ way: 'answers' }, { requestId });
  await next;
  environment.clock.pass(pauseMs);
  await environment.invoke({ way: 'answers' });

  expect(statusIn(platform)).toBe('completed');
});

interface Stage {
  readonly platform: LocalPlatform;
  readonly start: () => Promise<Environment>;
}

async function setUp(variables: Record<string, string>): Promise<Stage> {
  mockWallClock();
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const destination = { XPANDER_BASE_URL: platform.url, XPANDER_API_KEY: 'key-of-the-test' };
  return {
    platform,
    start: () => startEnvironment({ variables: { ...destination, ...variables } }),
  };
}

function statusIn(platform: LocalPlatform): string | undefined {
  return platform.tasks().find(({ id }) => id === requestId)?.status;
}

/** The calls about the run. */
function callsIn(platform: LocalPlatform): string[] {
  const ours = platform
    .requests()
    .filter(
      ({ path, body }) => path.includes(requestId) || JSON.stringify(body).includes(requestId),
    );
  return ours.map(({ method }) => method);
}
