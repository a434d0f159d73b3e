/** Environments that share the platform's limit, in a simulation without requests. */
import { expect, test } from 'vitest';
import { createRateLimiter } from '../../../src/delivery/policy/rate-limiter.ts';
import { createRateLimit } from '../../../src/local/server/rate-limit.ts';
import { pseudoRandom } from './pseudo-random.ts';
import { drainBacklog } from './simulated-backlog.ts';

test.each([
  { environments: 1, retryAfter: true },
  { environments: 1, retryAfter: false },
  { environments: 10, retryAfter: true },
  { environments: 10, retryAfter: false },
  { environments: 100, retryAfter: true },
  { environments: 100, retryAfter: false },
])('with more runs than the limit it settles near it: %o', (load) => {
  const { taken, refused, fewest } = simulate({ ...load, fromMinute: 20, toMinute: 100 });

  expect(taken / 80).toBeGreaterThan(80);
  expect(refused / (taken + refused)).toBeLessThan(0.2);
  // No environment goes empty away.
  expect(fewest).toBeGreaterThan(0);
});

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
    pause: createRateLimiter({ now, random }),
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

test.each([
  { environments: 1, retryAfter: true, used: 85, refused: 0.2 },
  { environments: 1, retryAfter: false, used: 85, refused: 0.2 },
  { environments: 4, retryAfter: true, used: 85, refused: 0.2 },
  { environments: 4, retryAfter: false, used: 85, refused: 0.2 },
  { environments: 20, retryAfter: true, used: 85, refused: 0.2 },
  { environments: 20, retryAfter: false, used: 85, refused: 0.2 },
  // Each has ten reports, and finds its share of one in two minutes only after some refusals.
  { environments: 200, retryAfter: true, used: 80, refused: 0.65 },
  { environments: 200, retryAfter: false, used: 80, refused: 0.65 },
])('a backlog of 2,000 runs in ten minutes: %o', ({ environments, retryAfter, used, refused }) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const drained = drainBacklog({ environments, retryAfter, seed });

    expect(drained.usedPercent).toBeGreaterThan(used);
    expect(drained.refusedShare).toBeLessThan(refused);
  }
});
