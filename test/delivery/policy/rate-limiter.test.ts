import { expect, test } from 'vitest';
import { createRateLimiter, type RateLimiter } from '../../../src/delivery/policy/rate-limiter.ts';
import { pseudoRandom } from './pseudo-random.ts';

function pauseWithClock(random = () => 0): { pause: RateLimiter; pass: (ms: number) => void } {
  let time = 5_000;
  const pause = createRateLimiter({ now: () => time, random });
  return {
    pause,
    pass: (ms) => {
      time += ms;
    },
  };
}

/** How many may be sent now. */
function allowedNow(pause: RateLimiter, most = 1_000): number {
  let count = 0;
  while (count < most && pause.mayTry()) count += 1;
  return count;
}

/** Sends that are taken, spread evenly. */
function accept({ pause, pass }: ReturnType<typeof pauseWithClock>, count: number, overMs: number) {
  for (let sent = 0; sent < count; sent += 1) {
    pass(overMs / count);
    pause.accepted();
  }
}

test('limits nothing before the platform does', () => {
  const { pause } = pauseWithClock();

  expect(pause.pausedForMs()).toBe(0);
  expect(allowedNow(pause)).toBe(1_000);
});

test.each<[string, number | undefined, number]>([
  ['what the platform asks for', 30, 30_000],
  ['a fraction of a second', 0.25, 250],
  ['two seconds when it does not say', undefined, 2_000],
  ['two seconds when it asks for none', 0, 2_000],
  ['two seconds when it asks for less than none', -5, 2_000],
  ['two seconds when it asks for nonsense', Number.NaN, 2_000],
  ['five minutes when it asks for a day', 86_400, 300_000],
  ['five minutes when it asks for ever', Number.POSITIVE_INFINITY, 300_000],
])('pauses for %s', (_, retryAfterSeconds, pausedForMs) => {
  const { pause, pass } = pauseWithClock();

  pause.limited(retryAfterSeconds);

  expect(pause.pausedForMs()).toBe(pausedForMs);
  pass(pausedForMs - 1);
  expect(pause.mayTry()).toBe(false);
  pass(1);
  expect(pause.mayTry()).toBe(true);
});

test.each<[string, number | undefined, readonly number[]]>([
  ['without a word from the platform', undefined, [2, 4, 8, 16, 32, 64, 128, 256, 300]],
  ['when the platform asks for too little', 1, [1, 4, 8, 16, 32, 64, 128, 256, 300]],
  ['when the platform asks for more', 100, [100, 100, 100, 100, 100, 100, 128, 256, 300]],
])('pauses longer with each refusal in a row, %s', (_, retryAfterSeconds, seconds) => {
  const { pause, pass } = pauseWithClock();

  const pauses = seconds.map(() => {
    pause.limited(retryAfterSeconds);
    const pausedForMs = pause.pausedForMs();
    pass(pausedForMs);
    return pausedForMs / 1_000;
  });

  expect(pauses).toEqual(seconds);
});

test('a closed door costs no more than half of the rate', () => {
  const often = pauseWithClock();
  const once = pauseWithClock();

  for (const { pause, pass } of [often, once]) {
    accept({ pause, pass }, 240, 240_000);
    pause.limited(10);
    pass(pause.pausedForMs());
  }
  for (let count = 0; count < 20; count += 1) {
    often.pause.limited(10);
    often.pass(often.pause.pausedForMs());
  }

  once.pass(60_000);
  often.pass(60_000);
  expect(allowedNow(often.pause)).toBeGreaterThan(allowedNow(once.pause) / 4);
});

test('lets no burst through after a pause: one, then as many as were taken before', () => {
  const stage = pauseWithClock();
  const { pause, pass } = stage;

  accept(stage, 240, 240_000);
  pause.limited(20);
  pass(20_000);

  // Sixty a minute were taken.
  expect(allowedNow(pause)).toBe(1);
  pass(900);
  expect(allowedNow(pause)).toBe(0);
  pass(150);
  expect(allowedNow(pause)).toBe(1);
});

test('the first refusal of an environment that sends little is forgotten after four reports', () => {
  const { pause, pass } = pauseWithClock(() => 0.999);

  pause.limited(2);
  const pausesMs = Array.from({ length: 4 }, () => {
    const pausedForMs = pause.pausedForMs();
    pass(pausedForMs);
    pause.mayTry();
    pause.accepted();
    return pausedForMs;
  });

  // No later than half as long again as the platform asked for.
  expect(pausesMs[0]).toBeGreaterThanOrEqual(2_000);
  expect(pausesMs[0]).toBeLessThan(3_000);
  expect(pausesMs.slice(1)).toEqual([1_500, 750, 375]);
  expect(pause.isLimiting()).toBe(false);
  expect(allowedNow(pause)).toBe(1_000);
});

test('a second refusal within ten minutes is not', () => {
  const { pause, pass } = pauseWithClock();
  for (let refused = 0; refused < 2; refused += 1) {
    pause.limited(2);
    for (let taken = 0; taken < 4; taken += 1) {
      pass(pause.pausedForMs());
      pause.mayTry();
      pause.accepted();
    }
  }

  expect(pause.isLimiting()).toBe(true);
});

test('a rate that is not used up does not rise', () => {
  const stage = pauseWithClock();
  const { pause, pass } = stage;
  accept(stage, 240, 240_000);
  pause.limited(20);
  pass(20_000);

  for (let sent = 0; sent < 200; sent += 1) {
    pass(10_000);
    pause.mayTry();
    pause.accepted();
  }

  pass(60_000);
  expect(allowedNow(pause)).toBeLessThan(63);
});

test('what ends all limits ends them at once', () => {
  const { pause } = pauseWithClock();
  for (let count = 0; count < 5; count += 1) pause.limited(60);

  pause.reset();

  expect(pause.isLimiting()).toBe(false);
  expect(allowedNow(pause)).toBe(1_000);
});

test('what an idle minute would have allowed may be sent at once, and no more', () => {
  const stage = pauseWithClock();
  const { pause, pass } = stage;

  accept(stage, 240, 240_000);
  pause.limited(20);
  pass(3_600_000);

  const allowed = allowedNow(pause);
  expect(allowed).toBeGreaterThan(40);
  expect(allowed).toBeLessThan(63);
});

test('requests that were under way when the limit was met count as one refusal', () => {
  const one = pauseWithClock();
  const many = pauseWithClock();

  one.pause.limited(5);
  for (let count = 0; count < 64; count += 1) many.pause.limited(5);
  many.pause.accepted();

  expect(many.pause.pausedForMs()).toBe(one.pause.pausedForMs());
  one.pass(65_000);
  many.pass(65_000);
  expect(allowedNow(many.pause)).toBe(allowedNow(one.pause));
});

test('what was taken before the refusal arrives does not open the door', () => {
  const { pause, pass } = pauseWithClock();

  pause.limited(undefined);
  for (let count = 0; count < 64; count += 1) pause.accepted();
  pass(2_000);
  pause.limited(undefined);

  expect(pause.pausedForMs()).toBe(4_000);
});

test('the longest pause that was asked for counts', () => {
  const { pause } = pauseWithClock();

  for (const seconds of [5, 40, 10]) pause.limited(seconds);

  expect(pause.pausedForMs()).toBe(40_000);
});

test('environments that were refused in the same instant come back apart', () => {
  const random = pseudoRandom(3);
  const pauses = Array.from({ length: 100 }, () => {
    const { pause } = pauseWithClock(random);
    pause.limited(30);
    return pause.pausedForMs();
  });

  const inEachSecond = Array.from(
    { length: 15 },
    (_, second) => pauses.filter((ms) => Math.floor(ms / 1_000) === 30 + second).length,
  );

  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(30_000);
  expect(Math.max(...pauses)).toBeLessThan(45_000);
  expect(Math.max(...inEachSecond)).toBeLessThan(50);
});
