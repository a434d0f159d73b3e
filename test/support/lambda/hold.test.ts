/** How long an environment is said to be held. */
import { expect, test } from 'vitest';
import { startExtended } from './extended-function.ts';
import { idleMs } from './hold.ts';
import { uncoveredMs } from './interval.ts';

const sleepMs = 400;

test('an extension that waits holds the environment', async () => {
  const lambda = await startExtended();

  const { held } = await (await lambda.invoke({ workMs: sleepMs })).settled;

  expect(idleMs(held, [])).toBeGreaterThan(sleepMs / 2);
});

test('requests that are under way do not count', async () => {
  const lambda = await startExtended();

  const { held } = await (await lambda.invoke({ workMs: sleepMs })).settled;

  expect(idleMs(held, [{ fromMs: held.fromMs, toMs: held.toMs }])).toBe(0);
});

test('an extension that is done holds nothing', async () => {
  const lambda = await startExtended();

  const { held } = await (await lambda.invoke({})).settled;

  expect(idleMs(held, [])).toBeLessThan(sleepMs / 2);
});

test('after a response the function is held until its timeout, if nobody lets it go', async () => {
  const lambda = await startExtended({ timeoutMs: 1_000 });

  const { held, kind } = await (await lambda.invoke({ workMs: 60_000 })).settled;

  expect(kind).toBe('timeout');
  expect(held.toMs - held.fromMs).toBeGreaterThan(500);
});

test.each([
  ['nothing', [], 10],
  ['a part', [{ fromMs: 2, toMs: 5 }], 7],
  ['parts that overlap', [span(4, 8), span(2, 5), span(3, 4)], 4],
  ['more than all', [span(-5, 20)], 0],
  ['what is outside', [span(-5, 0), span(10, 12)], 10],
  ['both ends', [span(-5, 1), span(9, 12)], 8],
])('%s is taken out', (_, others, left) => {
  expect(uncoveredMs(span(0, 10), others)).toBe(left);
});

function span(fromMs: number, toMs: number) {
  return { fromMs, toMs };
}
