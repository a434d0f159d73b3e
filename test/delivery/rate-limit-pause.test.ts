import { expect, test } from 'vitest';
import { createRateLimitPause, type RateLimitPause } from '../../src/delivery/rate-limit-pause.ts';
import { createRateLimit } from '../../src/local/rate-limit.ts';

function pauseWithClock(random = () => 0): { pause: RateLimitPause; pass: (ms: number) => void } {
  let time = 5_000;
  const pause = createRateLimitPause({ now: () => time, random });
  return {
    pause,
    pass: (ms) => {
      time += ms;
    },
  };
}

/** How many may be sent now. */
function allowedNow(pause: RateLimitPause, most = 1_000): number {
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
  ['six seconds when it does not say', undefined, 6_000],
  ['six seconds when it asks for none', 0, 6_000],
  ['six seconds when it asks for less than none', -5, 6_000],
  ['six seconds when it asks for nonsense', Number.NaN, 6_000],
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
  ['without a word from the platform', undefined, [6, 12, 36, 84, 180, 300, 300]],
  ['when the platform asks for too little', 1, [1, 12, 36, 84, 180, 300, 300]],
  ['when the platform asks for more', 100, [100, 100, 100, 100, 180, 300, 300]],
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

test('a closed door costs nothing of the rate once it opens', () => {
  const often = pauseWithClock();
  const once = pauseWithClock();

  for (let count = 0; count < 20; count += 1) {
    often.pause.limited(10);
    often.pass(often.pause.pausedForMs());
  }
  once.pause.limited(10);
  once.pass(once.pause.pausedForMs());

  often.pass(30_000);
  once.pass(30_000);
  expect(allowedNow(often.pause)).toBe(allowedNow(once.pause));
});

test('lets no burst through after a pause: one, then three quarters of what was taken before', () => {
  const stage = pauseWithClock();
  const { pause, pass } = stage;

  accept(stage, 240, 240_000);
  pause.limited(20);
  pass(20_000);

  // Sixty a minute were taken.
  expect(allowedNow(pause)).toBe(1);
  pass(1_000);
  expect(allowedNow(pause)).toBe(0);
  pass(400);
  expect(allowedNow(pause)).toBe(1);
});

test('an environment that was refused before anything was taken begins with a few a minute', () => {
  const { pause, pass } = pauseWithClock();

  pause.limited(1);
  pass(1_000);

  expect(allowedNow(pause)).toBe(1);
  pass(11_900);
  expect(allowedNow(pause)).toBe(0);
  pass(200);
  expect(allowedNow(pause)).toBe(1);
});

test('what an idle minute would have allowed may be sent at once, and no more', () => {
  const stage = pauseWithClock();
  const { pause, pass } = stage;

  accept(stage, 240, 240_000);
  pause.limited(20);
  pass(3_600_000);

  const allowed = allowedNow(pause);
  expect(allowed).toBeGreaterThan(40);
  expect(allowed).toBeLessThan(50);
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
  pass(6_000);
  pause.limited(undefined);

  expect(pause.pausedForMs()).toBe(12_000);
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
  expect(Math.max(...inEachSecond)).toBeLessThan(25);
});

test.each([
  { environments: 1, retryAfter: true },
  { environments: 1, retryAfter: false },
  { environments: 10, retryAfter: true },
  { environments: 10, retryAfter: false },
  { environments: 100, retryAfter: true },
  { environments: 100, retryAfter: false },
])(
  'with more runs than the limit it settles near it and knocks in vain one time in ten: %o',
  (load) => {
    const { taken, refused, fewest } = simulate({ ...load, fromMinute: 20, toMinute: 100 });

    expect(taken / 80).toBeGreaterThan(80);
    expect(refused / (taken + refused)).toBeLessThan(0.105);
    // No environment goes empty away.
    expect(fewest).toBeGreaterThan(0);
  },
);

test('when all other environments end, the last one soon has the limit for itself', () => {
  const { takenIn } = simulate({
    environments: 20,
    retryAfter: true,
    fromMinute: 0,
    toMinute: 90,
    aloneFrom: 60,
  });

  expect(takenIn(75, 90)).toBeGreaterThan(15 * 75);
});

/** Environments that have a report to send each second share 100 requests a minute. */
function simulate(load: {
  environments: number;
  retryAfter: boolean;
  fromMinute: number;
  toMinute: number;
  /** The minute from which on only one of them sends. */
  aloneFrom?: number;
}) {
  const random = pseudoRandom(load.environments);
  let time = 0;
  const now = (): number => time;
  const knock = createRateLimit({ perMinute: 100, now });
  const senders = Array.from({ length: load.environments }, () => ({
    pause: createRateLimitPause({ now, random }),
    nextRun: random() * 1_000,
    taken: 0,
  }));
  const takenAt: number[] = [];
  let refused = 0;
  for (; time < load.toMinute * 60_000; time += 100) {
    const counts = time >= load.fromMinute * 60_000;
    const active = time >= (load.aloneFrom ?? Infinity) * 60_000 ? senders.slice(0, 1) : senders;
    for (const sender of active) {
      if (time < sender.nextRun) continue;
      sender.nextRun += 300;
      if (!sender.pause.mayTry()) continue;
      const answer = knock();
      if (answer.kind === 'granted') {
        sender.pause.accepted();
        if (counts) takenAt.push(time);
        if (counts) sender.taken += 1;
      } else {
        sender.pause.limited(load.retryAfter ? answer.retryAfterSeconds : undefined);
        if (counts) refused += 1;
      }
    }
  }
  return {
    taken: takenAt.length,
    refused,
    fewest: Math.min(...senders.map(({ taken }) => taken)),
    takenIn: (from: number, to: number) =>
      takenAt.filter((at) => at >= from * 60_000 && at < to * 60_000).length,
  };
}

/** The same numbers in each run of the tests. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
