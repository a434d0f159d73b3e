/** When processes stand still. */
import { expect, test, vi } from 'vitest';
import { happenings, processState, responseOf, startExtended } from './extended-function.ts';

test('processes stand still between two events', async () => {
  const lambda = await startExtended();
  await (await lambda.invoke({ outcome: 'tick' })).settled;
  await vi.waitFor(async () => expect(await processState(lambda)).toBe('T'));
  await new Promise((resolve) => setTimeout(resolve, 200));

  const { body } = responseOf(await lambda.invoke({ outcome: 'ticks' }));

  // Forty of them would fit into the time in between.
  expect(Number(body)).toBeLessThan(15);
});

test('processes go on where freezing is off', async () => {
  const lambda = await startExtended({ freeze: false });
  await (await lambda.invoke({ outcome: 'tick' })).settled;

  await vi.waitFor(async () => {
    const { body } = responseOf(await lambda.invoke({ outcome: 'ticks' }));
    expect(Number(body)).toBeGreaterThan(15);
  });

  expect(happenings(lambda)).not.toContain('freeze');
});

test('provisioned concurrency waits frozen for its first event', async () => {
  const lambda = await startExtended({ initializationType: 'provisioned-concurrency' });
  await vi.waitFor(async () => expect(await processState(lambda)).toBe('T'));

  const result = await lambda.invoke({});

  expect(result.kind).toBe('response');
});

test('a frozen process can be killed from outside', async () => {
  const lambda = await startExtended();
  const { pid = 0 } = lambda;

  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(lambda.pid).toBeUndefined());
  const result = await lambda.invoke({});

  expect(result.kind).toBe('response');
});
