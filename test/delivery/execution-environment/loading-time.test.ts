import { beforeEach, expect, test, vi } from 'vitest';

// What is loaded, and how fast, is known to the process: each test stands for one.
let loading: typeof import('../../../src/delivery/execution-environment/loading-time.ts');
let budget: typeof import('../../../src/delivery/send/time-budget.ts');

beforeEach(async () => {
  vi.resetModules();
  loading = await import('../../../src/delivery/execution-environment/loading-time.ts');
  budget = await import('../../../src/delivery/send/time-budget.ts');
});

test.each([
  [undefined, 25],
  ['1769', 25],
  ['10240', 25],
  ['128', 345.5],
])('with %s MB the HTTP client is guessed to take %d ms', (memoryMb, timeMs) => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', memoryMb);

  expect(loading.loadingTimeMs('httpClient')).toBeCloseTo(timeMs, 0);
});

test('what was measured counts more than the memory', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');

  loading.noteDeliveryLoaded(30);

  expect(loading.slownessHere()).toBe(2);
  expect(loading.loadingTimeMs('secretsManager')).toBe(120);
});

test('what is loaded takes no time', () => {
  loading.noteLoaded('httpClient');
  loading.noteDeliveryLoaded(15);

  expect(loading.loadingTimeMs('httpClient')).toBe(0);
  expect(loading.loadingTimeMs('delivery')).toBe(0);
});

test('on a small function a first delivery needs a second, and later ones do not', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');

  const isWorth = (leftMs: number): boolean => budget.isWorthLoading(leftMs, false);
  expect([1_300, 1_500].map(isWorth)).toEqual([false, true]);
  loading.noteDeliveryLoaded(200);
  expect(isWorth(0)).toBe(true);
});

test('on a small function more is left for the end of the invocation', () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128');

  expect(budget.deliveryTimeMs(3_000, 1_000)).toBe(585);
});
