/**
 * Twenty environments share the platform's 100 requests a minute, and are invoked twice as often
 * for some minutes: the backlog drains near the limit, failures first, and nothing is lost.
 *
 * Minutes last no time here, see `environment-clock.ts`.
 */

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placesIn, type Status } from './account.ts';
import { createEnvironmentClock, mockWallClock } from './environment-clock.ts';
import { type Environment, startEnvironment, temporaryFolder } from './environments.ts';
import { startLimitedPlatform } from './limited-platform.ts';
import { seededRandom } from './seeded-random.ts';

const perMinute = 100;
const environmentCount = 20;
const failedShare = 0.03;
const quietPerMinute = 40;
// With less, the few environments that have something left cannot use the limit.
const backlog = 20;
const minuteMs = 60_000;

test.each<Load>([
  { retryAfter: true, busyMinutes: 10, quietMinutes: 10, mostRefused: 0.2 },
  // Half as long, so that the first minutes, in which each finds its share, count twice.
  { retryAfter: false, busyMinutes: 5, quietMinutes: 6, mostRefused: 0.25 },
])(
  'a backlog drains near a limit that is shared: %o',
  async (load) => {
    const { minutes, invocations, deliveries, environments, platform } = await run(load);
    const lambdas = environments.map(({ lambda }) => lambda);
    const atTheEnd = placesIn(platform, lambdas);
    await Promise.all(environments.map(({ shutdown }) => shutdown()));
    const afterwards = placesIn(platform, lambdas);

    const draining = minutes.filter(
      ({ waitingBefore, waitingAfter }, index) =>
        index > 0 && waitingBefore > backlog && waitingAfter > backlog,
    );
    const used = draining.reduce((sum, { delivered }) => sum + delivered, 0) / draining.length;
    const refused = platform.refused() / (platform.refused() + platform.answered());
    const counts = { invocations: invocations.length, atTheEnd: countKinds(atTheEnd) };
    console.info(JSON.stringify({ ...counts, afterwards: countKinds(afterwards), used, refused }));
    const statuses = new Map(invocations.map(({ id, status }) => [id, status]));
    for (const places of [atTheEnd, afterwards]) {
      expect(new Map(places.map(({ id, status }) => [id, status]))).toEqual(statuses);
    }
    expect(atTheEnd).toHaveLength(invocations.length);
    // Killed while the platform answered: sent again, it updates the same task.
    const both = afterwards.length - invocations.length;
    expect(both).toBeLessThanOrEqual(4 * environmentCount);
    expect(overtakenFailures(invocations, deliveries)).toEqual([]);
    expect(draining.length).toBeGreaterThan(load.busyMinutes);
    expect(used).toBeGreaterThan(0.85 * perMinute);
    expect(refused).toBeLessThan(load.mostRefused);
  },
  180_000,
);

interface Load {
  readonly retryAfter: boolean;
  readonly busyMinutes: number;
  readonly quietMinutes: number;
  /** Share of all requests. */
  readonly mostRefused: number;
}

interface Minute {
  readonly delivered: number;
  readonly waitingBefore: number;
  readonly waitingAfter: number;
}

interface Invocation {
  readonly id: string;
  readonly status: Status;
  readonly environment: number;
}

/** The index of the invocation during which a report was delivered, by its id. */
type Deliveries = ReadonlyMap<string, number>;

/** One invocation after the other, at random times and in random environments. */
async function run({ retryAfter, busyMinutes, quietMinutes }: Load) {
  mockWallClock();
  const clock = createEnvironmentClock(join(await temporaryFolder(), 'clock'));
  const now = (): number => performance.now() + clock.aheadMs();
  const invocations: Invocation[] = [];
  const deliveries = new Map<string, number>();
  const platform = await startLimitedPlatform({
    perMinute,
    retryAfter,
    now,
    onReport: (id) => void deliveries.set(id, invocations.length),
  });
  const variables = { XPANDER_BASE_URL: platform.url, XPANDER_API_KEY: 'key-of-the-test' };
  const environments = await Promise.all(
    Array.from({ length: environmentCount }, () => startEnvironment({ clock, variables })),
  );
  const random = seededRandom(1, 'load');
  const minutes: Minute[] = [];
  const startedAt = now();
  for (let index = 0; index < busyMinutes + quietMinutes; index += 1) {
    const waitingBefore = countWaiting(environments);
    const deliveredBefore = deliveries.size;
    const count = index < busyMinutes ? 2 * perMinute : quietPerMinute;
    const times = Array.from({ length: count }, () => (index + random.number()) * minuteMs);
    for (const time of times.sort((a, b) => a - b)) {
      // What an invocation takes passes by itself.
      clock.pass(Math.max(0, startedAt + time - now()));
      const environment = random.between(0, environmentCount - 1);
      const fails = random.chance(failedShare);
      const { requestId } = await environments[environment]!.invoke({
        way: fails ? 'throws' : 'answers',
      });
      invocations.push({ id: requestId, status: fails ? 'failed' : 'completed', environment });
    }
    const waitingAfter = countWaiting(environments);
    minutes.push({ delivered: deliveries.size - deliveredBefore, waitingBefore, waitingAfter });
  }
  return { platform, environments, invocations, deliveries, minutes };
}

/** Failures that waited in an environment during a later invocation that delivered a success. */
function overtakenFailures(invocations: readonly Invocation[], deliveries: Deliveries): string[] {
  const reports = invocations.map((invocation, index) => {
    return { ...invocation, index, during: deliveries.get(invocation.id) ?? Infinity };
  });
  const successes = reports.filter(
    ({ status, during }) => status === 'completed' && during !== Infinity,
  );
  return reports.flatMap((failure) => {
    if (failure.status !== 'failed') return [];
    const isOvertaken = successes.some(
      ({ environment, during }) =>
        environment === failure.environment && during > failure.index && during < failure.during,
    );
    return isOvertaken ? [failure.id] : [];
  });
}

function countWaiting(environments: readonly Environment[]): number {
  const patterns = environments.map(({ lambda }) => join(lambda.tmp, 'xpander-lambda/spool-*/*'));
  return globSync(patterns).length;
}

function countKinds(places: readonly { readonly kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of places) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
