import { expect, test } from 'vitest';
import { formatResults } from './format-results.ts';
import { timeByFile } from './read-profile.ts';
import { runBenchmark } from './run-benchmark.ts';
import { estimate, quantile } from './statistics.ts';
import { chooseVariants } from './variants.ts';

const latencyMs = 500;

test('a report before the answer makes the caller wait for the API, one after it does not', async () => {
  const names = ['wrapper, in-band', 'middleware, after-response, bundled'];
  const plan = {
    coldRounds: 1,
    heapRounds: 1,
    coldLatencyMs: 0,
    warm: [{ latencyMs, waitMs: 0, invocations: 2 }],
  };

  const results = await runBenchmark(plan, chooseVariants(names));

  expect(results.skipped).toEqual([]);
  const warm = new Map(results.warm[0]?.variants.map((variant) => [variant.name, variant]));
  const [inBand, afterResponse] = names.map((name) => warm.get(name));
  expect(inBand?.p50.added.median).toBeGreaterThan(0.9 * latencyMs);
  expect(afterResponse?.p50.added.median).toBeLessThan(0.5 * latencyMs);
  expect(afterResponse?.billedP50.added.median).toBeGreaterThan(0.9 * latencyMs);
  const cold = results.cold.variants.find(({ name }) => name === 'bare');
  expect(cold).toMatchObject({
    init: { median: expect.toSatisfy((ms: number) => ms > 1), added: { median: 0 } },
    residentAfterInit: { median: expect.toSatisfy((bytes: number) => bytes > 1e7) },
    heapBeforeDelivery: { median: expect.toSatisfy((bytes: number) => bytes > 1e6) },
  });
  expect(formatResults(results)).toContain('| wrapper, in-band | ');
});

test('an unknown variant is refused with the names of all', () => {
  expect(() => chooseVariants(['wraper'])).toThrow(
    "There is no variant 'wraper'. There are: 'bare', 'bare, bundled'",
  );
});

test('a variant brings its baseline', () => {
  const names = chooseVariants(['hand-written, bundled']).map(({ name }) => name);

  expect(names).toEqual(['bare, bundled', 'hand-written, bundled']);
});

test('quantiles lie between values, intervals around the median', () => {
  const values = [5, 1, 4, 2, 3];

  expect([quantile(values, 0.5), quantile(values, 0.95)]).toEqual([3, 4.8]);
  expect(estimate(values)).toEqual({ median: 3, low: 1, high: 5 });
});

test('C++ counts for the file that called it, in a profile', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)', ''), children: [2, 4] },
      { id: 2, callFrame: frame('', 'file:///task/index.mjs'), children: [3] },
      { id: 3, callFrame: frame('compileFunction', '') },
      { id: 4, callFrame: frame('(garbage collector)', '') },
    ],
    samples: [2, 3, 4],
    timeDeltas: [1000, 2000, 4000],
  };

  expect(timeByFile(profile)).toEqual(
    new Map([
      ['file:///task/index.mjs', 3],
      ['(garbage collector)', 4],
    ]),
  );
});
