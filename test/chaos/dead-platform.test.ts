/**
 * A platform that is dead for an hour costs a function nothing that its users notice, and
 * afterwards the backlog arrives. The hour passes between invocations: the environment's clock is
 * set forward, as over a freeze.
 */

import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { median } from '../bench/statistics.ts';
import { closedPort } from '../support/closed-port.ts';
import { placesIn, waitingIn } from './account.ts';
import { mockWallClock } from './environment-clock.ts';
import { type Environment, type Settled, startEnvironment } from './environments.ts';

const budgetMs = 200;
const hourMs = 60 * 60_000;
// Longer than any pause of the reporter.
const longPauseMs = 6 * 60_000;

/** How a platform dies, and how it comes back. */
type Death = (platform: LocalPlatform) => Promise<() => Promise<LocalPlatform>>;

const deaths: [string, Death][] = [
  [
    'refuses connections',
    async (platform) => {
      await platform.close();
      return () => startPlatform(Number(new URL(platform.url).port));
    },
  ],
  [
    'hangs',
    async (platform) => {
      platform.setFaults({ kind: 'hang', calls: 'all' });
      return async () => {
        platform.setFaults(undefined);
        return platform;
      };
    },
  ],
];

test.each(deaths)('it %s for an hour', { timeout: 60_000 }, async (_, die) => {
  const { dead, healthy, platform } = await setUp();
  const recover = await die(platform);

  const hour = await invokeBoth(dead, healthy, 300);

  const waiting = waitingIn(dead.lambda.tmp).length;
  const revived = await recover();
  const later = await invokeUntilEmpty(dead);
  print(hour, { waiting, later: later.map(({ settlement }) => settlement.extensionOverheadMs) });
  const first = 10;
  const extra =
    median(overheads(hour.dead).slice(first)) - median(overheads(hour.healthy).slice(first));
  expect(extra).toBeLessThan(5);
  const callers = median(waits(hour.dead)) - median(waits(hour.healthy));
  expect(callers).toBeLessThan(5);
  // Probes, at most one in half of the circuit breaker's longest pause after the first ones.
  expect(overheads(hour.dead).filter((ms) => ms > budgetMs / 2).length).toBeLessThan(40);
  expect(growthMb(hour.memory.dead) - growthMb(hour.memory.healthy)).toBeLessThan(30);
  expect(waiting).toBe(hour.dead.length);
  const runs = [...hour.dead, ...later].map(({ requestId }) => requestId);
  expect(new Set(revived.tasks().map(({ id }) => id))).toEqual(new Set(runs));
  expect(dead.lambda.logs.filter((line) => line.includes('undelivered report'))).toEqual([]);
});

test('what waits is bounded in bytes, and what gives way is in the log', {
  timeout: 60_000,
}, async () => {
  // Unmasked, because that takes the most time of it.
  const { dead, platform } = await setUp({ XPANDER_CAPTURE: 'full' });
  await platform.close();
  const most = 64 * 1024 * 1024;
  const bytes = 200_000;
  const ids: string[] = [];

  for (let sent = 0; sent < 1.2 * most; sent += bytes) {
    dead.clock.pass(10_000);
    ids.push((await dead.invoke({ way: 'answersLong', bytes })).requestId);
  }

  const places = placesIn({ tasks: () => [] }, [dead.lambda]);
  const count = (kind: string): number => places.filter((place) => place.kind === kind).length;
  console.info(JSON.stringify({ runs: ids.length, inTmp: count('spool'), inLog: count('log') }));
  expect(places.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(count('spool') * bytes).toBeLessThan(most);
  expect(count('spool') * bytes).toBeGreaterThan(0.9 * most);
  // The oldest gave way.
  const waiting = new Set(waitingIn(dead.lambda.tmp).map(({ id }) => id));
  expect(ids.slice(-waiting.size).every((id) => waiting.has(id))).toBe(true);
});

interface Stage {
  readonly platform: LocalPlatform;
  readonly dead: Environment;
  readonly healthy: Environment;
}

async function setUp(variables: Record<string, string> = {}): Promise<Stage> {
  mockWallClock();
  // While it is dead nobody else may get its port.
  const [platform, other] = await Promise.all([startPlatform(await closedPort()), startPlatform()]);
  const [dead, healthy] = await Promise.all(
    [platform, other].map(({ url }) =>
      startEnvironment({
        variables: {
          XPANDER_BASE_URL: url,
          XPANDER_API_KEY: 'key-of-the-test',
          XPANDER_BUDGET_MS: String(budgetMs),
          ...variables,
        },
      }),
    ),
  );
  return { platform, dead: dead!, healthy: healthy! };
}

async function startPlatform(port = 0): Promise<LocalPlatform> {
  const platform = await startLocalPlatform({ port });
  onTestFinished(() => platform.close());
  return platform;
}

/** The same in both environments, in turns. */
interface Hour {
  readonly dead: Settled[];
  readonly healthy: Settled[];
  /** In MB, at first and in the end. */
  readonly memory: { readonly dead: number[]; readonly healthy: number[] };
}

async function invokeBoth(
  dead: Environment,
  healthy: Environment,
  invocations: number,
): Promise<Hour> {
  const hour: Hour = { dead: [], healthy: [], memory: { dead: [], healthy: [] } };
  for (let count = 0; count < invocations; count += 1) {
    const event = { way: count % 20 === 7 ? 'throws' : 'answers' };
    for (const [kind, environment] of [
      ['dead', dead],
      ['healthy', healthy],
    ] as const) {
      environment.clock.pass(hourMs / invocations);
      hour[kind].push(await environment.invoke(event));
      if (count === 50 || count === invocations - 1) {
        hour.memory[kind].push(residentMb(environment));
      }
    }
  }
  return hour;
}

/** Within a handful of invocations, each of which keeps to its budget. */
async function invokeUntilEmpty(environment: Environment): Promise<Settled[]> {
  const results: Settled[] = [];
  while (
    results.length < 30 &&
    (results.length === 0 || waitingIn(environment.lambda.tmp).length > 0)
  ) {
    environment.clock.pass(longPauseMs);
    results.push(await environment.invoke({ way: 'answers' }));
  }
  return results;
}

function residentMb({ lambda }: Environment): number {
  const status = readFileSync(`/proc/${lambda.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function growthMb([before = 0, after = 0]: readonly number[]): number {
  return after - before;
}

function overheads(results: readonly Settled[]): number[] {
  return results.map(({ settlement }) => settlement.extensionOverheadMs);
}

function waits(results: readonly Settled[]): number[] {
  return results.map(({ responseMs }) => responseMs);
}

function print({ dead, healthy, memory }: Hour, more: object): void {
  const numbersOf = (results: readonly Settled[]): object => ({
    callerMs: median(waits(results)),
    extensionMs: median(overheads(results)),
    extensionSumMs: overheads(results).reduce((sum, ms) => sum + ms, 0),
  });
  console.info(
    JSON.stringify({
      dead: numbersOf(dead),
      healthy: numbersOf(healthy),
      memoryMb: memory,
      ...more,
    }),
  );
}
