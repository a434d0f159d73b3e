/**
 * The platform takes 100 requests a minute, and the function runs more often: no caller waits,
 * every failure arrives, and every success is in the history, in /tmp or in a log line.
 *
 * Minutes last no time here: between invocations the clocks of the environments and of the rate
 * limit are set forward.
 */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { median } from '../bench/statistics.ts';
import { placesIn } from './account.ts';
import {
  createEnvironmentClock,
  type EnvironmentClock,
  mockWallClock,
} from './environment-clock.ts';
import { type Environment, startEnvironment, temporaryFolder } from './environments.ts';
import { type LimitedPlatform, startLimitedPlatform } from './limited-platform.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

const perMinute = 100;
const failedShare = 0.03;

test('2,000 runs in ten minutes, twice as many as the platform takes', async () => {
  const stage = await setUp({});

  const { runs, callers } = await runAll(stage, { invocations: 2_000, minutes: 10 });

  const { platform, environments } = stage;
  const lambdas = environments.map(({ lambda }) => lambda);
  const waiting = placesIn(platform, lambdas);
  await Promise.all(environments.map(({ shutdown }) => shutdown()));
  const places = placesIn(platform, lambdas);
  const delivered = platform.tasks().length;
  const added = addedMs(callers);
  const counts = { runs: runs.size, delivered, ...countsOf(waiting, places) };
  print(platform, { ...counts, addedMs: added });
  // Two milliseconds are the noise of a busy machine; a report that is waited for takes longer.
  expect(added.last - added.first).toBeLessThan(2);
  expect(new Set(places.map(({ id }) => id))).toEqual(new Set(runs.keys()));
  expect(places.filter(({ id, status }) => status !== runs.get(id))).toEqual([]);
  expect(places).toHaveLength(runs.size);
  const failed = [...runs].flatMap(([id, status]) => (status === 'failed' ? [id] : []));
  expect(platform.tasks().filter(({ status }) => status === 'failed')).toHaveLength(failed.length);
  // It is used, and not knocked at.
  expect(delivered).toBeGreaterThan(0.75 * perMinute * 10);
  expect(platform.refused()).toBeLessThan(0.2 * platform.answered());
}, 120_000);

test('a sample rate thins the successes to what the platform takes, and keeps the failures', async () => {
  const stage = await setUp({ XPANDER_SAMPLE_RATE: '0.2' });

  const { runs } = await runAll(stage, { invocations: 600, minutes: 3 });

  const { platform, environments } = stage;
  const tasks = platform.tasks();
  const completed = tasks.filter(({ status }) => status === 'completed').length;
  const failures = [...runs.values()].filter((status) => status === 'failed').length;
  const waiting = placesIn(
    { tasks: () => [] },
    environments.map(({ lambda }) => lambda),
  );
  print(platform, {
    runs: runs.size,
    completed,
    failed: tasks.length - completed,
    waiting: waiting.length,
  });
  expect(tasks.length - completed).toBe(failures);
  expect(waiting).toEqual([]);
  // Four standard deviations of a fifth of them.
  expect(completed / (runs.size - failures)).toBeGreaterThan(0.13);
  expect(completed / (runs.size - failures)).toBeLessThan(0.27);
  expect(platform.refused()).toBe(0);
}, 60_000);

interface Stage {
  readonly platform: LimitedPlatform;
  readonly clock: EnvironmentClock;
  readonly environments: readonly Environment[];
  readonly bare: Environment;
}

async function setUp(variables: Record<string, string>): Promise<Stage> {
  mockWallClock();
  const clock = createEnvironmentClock(join(await temporaryFolder(), 'clock'));
  const platform = await startLimitedPlatform({
    perMinute,
    now: () => performance.now() + clock.aheadMs(),
  });
  const start = (more: Record<string, string>): Promise<Environment> =>
    startEnvironment({
      clock,
      variables: { XPANDER_BASE_URL: platform.url, XPANDER_API_KEY: 'key-of-the-test', ...more },
    });
  const [bare, ...environments] = await Promise.all([
    start({ XPANDER_DISABLED: 'true' }),
    ...Array.from({ length: 4 }, () => start(variables)),
  ]);
  return { platform, clock, environments, bare };
}

/** What callers waited, in milliseconds. */
interface Callers {
  readonly bare: number[];
  readonly reported: number[];
}

/** One after the other, so that what a caller waits is the function's doing; then quiet minutes. */
async function runAll(
  { clock, environments, bare }: Stage,
  { invocations, minutes }: { readonly invocations: number; readonly minutes: number },
): Promise<{ runs: Map<string, 'completed' | 'failed'>; callers: Callers }> {
  const random = seededRandom(1, 'failures');
  const runs = new Map<string, 'completed' | 'failed'>();
  const callers: Callers = { bare: [], reported: [] };
  const pauseMs = (minutes * 60_000) / (invocations / environments.length);
  for (let round = 0; round * environments.length < invocations; round += 1) {
    clock.pass(pauseMs);
    const { responseMs } = await bare.invoke({ way: 'answers' });
    callers.bare.push(responseMs);
    for (const environment of shuffled(environments, random)) {
      const fails = random.chance(failedShare);
      const result = await environment.invoke({ way: fails ? 'throws' : 'answers' });
      runs.set(result.requestId, fails ? 'failed' : 'completed');
      callers.reported.push(result.responseMs);
    }
  }
  for (let minute = 0; minute < 3; minute += 1) {
    clock.pass(60_000);
    for (const environment of shuffled(environments, random)) {
      const { requestId } = await environment.invoke({ way: 'answers' });
      runs.set(requestId, 'completed');
    }
  }
  return { runs, callers };
}

/** Who comes first after a pause has the platform's minute for itself. */
function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const places = values.map((value) => ({ value, place: random.number() }));
  return places.sort((a, b) => a.place - b.place).map(({ value }) => value);
}

/** The median that reporting adds, at the beginning and at the end. */
function addedMs({ bare, reported }: Callers): { readonly first: number; readonly last: number } {
  const quarter = (values: readonly number[], index: number): readonly number[] =>
    values.slice((values.length * index) / 4, (values.length * (index + 1)) / 4);
  const added = (index: number): number =>
    median(quarter(reported, index)) - median(quarter(bare, index));
  return { first: added(0), last: added(3) };
}

function countsOf(
  waiting: readonly { readonly kind: string }[],
  places: readonly { readonly kind: string }[],
): object {
  return {
    waitingAtTheEnd: waiting.filter(({ kind }) => kind === 'spool').length,
    inLogLines: places.filter(({ kind }) => kind === 'log').length,
  };
}

function print(platform: LimitedPlatform, numbers: object): void {
  const requests = { answered: platform.answered(), refused429: platform.refused() };
  console.info(JSON.stringify({ ...requests, ...numbers }));
}
