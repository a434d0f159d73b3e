/** The first report is refused for the platform's rate limit, which then takes all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { watchRequests } from '../support/request-times.ts';
import { reportingTo, startSample } from '../support/sample-function.ts';

test('one refusal costs the pause that it asks for, and is forgotten', async () => {
  const platform = await startLocalPlatform({
    faults: { kind: 'status', status: 429, headers: { 'retry-after': '2' }, times: 1 },
  });
  onTestFinished(() => platform.close());
  using requests = watchRequests(platform.url);
  const lambda = await startSample('lost.wrapped', reportingTo(platform));
  onTestFinished(() => lambda.close());

  let invocations = 0;
  do {
    await sleep(250);
    const result = await lambda.invoke({ way: 'answers' });
    await result.settled;
    invocations += 1;
  } while (platform.tasks().length < invocations);

  const times = requests.intervals().map(({ fromMs }) => fromMs);
  const pauseMs = (times[1] ?? Number.POSITIVE_INFINITY) - (times[0] ?? 0);
  console.info(JSON.stringify({ invocations, delivered: platform.tasks().length, pauseMs }));
  expect(pauseMs).toBeGreaterThanOrEqual(2_000);
  // A pause of three seconds at most, and one invocation.
  expect(pauseMs).toBeLessThan(4_500);
  expect(platform.tasks()).toHaveLength(invocations);
});
