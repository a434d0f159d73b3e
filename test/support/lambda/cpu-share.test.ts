import { expect, onTestFinished, test } from 'vitest';
import { openCpuShare } from './cpu-share.ts';
import { responseOf, startExtended } from './extended-function.ts';

test.each([0.07, 0.25])('with %d of a CPU work takes as much longer', async (cpuShare) => {
  const lambda = await startExtended({ handler: 'busy.handler', cpuShare });

  const { body } = responseOf(await lambda.invoke({ workMs: 2_000 }));
  const { workMs, cpuMs } = JSON.parse(body);

  expect(cpuMs / workMs).toBeGreaterThan(0.6 * cpuShare);
  expect(cpuMs / workMs).toBeLessThan(1.4 * cpuShare);
});

test.each([0, -1, 1.5, Number.NaN])('%d is no share', (share) => {
  expect(() => onTestFinished(openCpuShare(share).close)).toThrow(`not ${share}`);
});
