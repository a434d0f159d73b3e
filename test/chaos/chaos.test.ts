/**
 * Whatever the platform and the handler do, every run ends up reported, with its right status: in
 * the task history, in the environment's /tmp, or in a log line that `replay` sends.
 *
 * `CHAOS=500` makes it 500 invocations with a new seed; `CHAOS_SEED` repeats those of a printed
 * one.
 */

import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../src/local/faults.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/local-platform.ts';
import { duplicatesAmong, type Place, placesIn, type Status, stubsIn } from './account.ts';
import { mockWallClock } from './environment-clock.ts';
import { type Environment, type Settled, startEnvironment } from './environments.ts';
import { planSteps, type Step } from './plan.ts';
import { replayLogs } from './replay-logs.ts';
import { seededRandom } from './seeded-random.ts';
import { weather } from './weather.ts';

const { CHAOS, CHAOS_SEED } = process.env;
const invocations = Number(CHAOS || 60);
const seed = Number(CHAOS_SEED || (CHAOS ? Date.now() % 1_000_000 : 7));
const timeoutMs = 1_500;
const deliveries = ['after-response', 'in-band', 'after-response', 'in-band'];
// Longer than any pause of the reporter.
const longPauseMs = 6 * 60_000;

test(`${invocations} invocations in bad weather (seed ${seed})`, { timeout: 300_000 }, async () => {
  mockWallClock();
  const faults = weather(seededRandom(seed, 'weather'), invocations * 20);
  const platform = await startLocalPlatform({ faults, requestLogSize: faults.length });
  onTestFinished(() => platform.close());
  const environments = await Promise.all(deliveries.map((delivery) => start(platform, delivery)));
  const plan = { invocations, deliveries, timeoutMs };
  const steps = planSteps(seededRandom(seed, 'plan'), plan);

  const runs = await runAll(steps, environments);
  await quieten(platform, environments, runs);

  const lambdas = environments.map(({ lambda }) => lambda);
  const before = placesIn(platform, lambdas);
  const replayed = await replayLogs(platform, lambdas);
  const after = placesIn(platform, lambdas);
  print(runs, before, replayed);
  expect(unknownIn(before, runs)).toEqual([]);
  expect(duplicatesAmong(before.filter(isOnce))).toEqual([]);
  expect(environments.flatMap(({ lambda }) => stubsIn(lambda.tmp))).toEqual([]);
  const calls = (id: string): string[] => callsOf(id, platform, faults);
  expect(unaccounted(runs, before, calls)).toEqual([]);
  // Nothing is lost or spoilt by it either.
  expect(replayed).toMatchObject({ notSent: [], unreadable: [], notTried: 0 });
  const kept = after.filter(({ kind }) => kind !== 'log');
  expect(unaccounted(runs, kept, calls)).toEqual([]);
});

/** A run with all its attempts. */
interface Run {
  readonly id: string;
  readonly attempts: Attempt[];
}

interface Attempt {
  readonly step: Step;
  readonly result: Settled;
  /** None when its handler was never called, so that nobody could report it. */
  readonly statuses: readonly Status[];
}

function start(platform: LocalPlatform, delivery: string): Promise<Environment> {
  return startEnvironment({
    timeoutMs,
    memoryMb: 128,
    variables: {
      XPANDER_BASE_URL: platform.url,
      XPANDER_API_KEY: 'key-of-the-test',
      XPANDER_DELIVERY: delivery,
      XPANDER_BUDGET_MS: '600',
      XPANDER_MAX_BYTES: '20000',
    },
  });
}

/**
 * Each environment takes its steps one after the other. Those of a run's earlier attempts stay
 * frozen during a retry: between its question and its request no reporter can exclude another.
 */
async function runAll(
  steps: readonly Step[],
  environments: readonly Environment[],
): Promise<Map<string, Run>> {
  const runs = new Map<string, Run>();
  const idle = environments.map(() => Promise.resolve());
  const concerned = new Map<string, Set<number>>();
  for (const step of steps) {
    const those = concerned.get(step.requestId) ?? new Set();
    concerned.set(step.requestId, those.add(step.environment));
    const invoked = Promise.all([...those].map((index) => idle[index])).then(async () => {
      const environment = environments[step.environment]!;
      environment.clock.pass(step.pauseMs);
      await runStep(step, environment, runs);
    });
    for (const index of those) idle[index] = invoked;
  }
  await Promise.all(idle);
  return runs;
}

async function runStep(
  step: Step,
  environment: Environment,
  runs: Map<string, Run>,
): Promise<void> {
  const { requestId } = step;
  const calls = environment.begun().length;
  const result = await environment.invoke(step.event, { requestId });
  const run = runs.get(requestId) ?? { id: requestId, attempts: [] };
  runs.set(requestId, run);
  const isBegun = environment.begun().length > calls;
  run.attempts.push({ step, result, statuses: isBegun ? statusesOf(step, result) : [] });
}

/** As the caller sees it. Where an answer came as the time was over, both are right. */
function statusesOf({ event: { way } }: Step, { kind }: Settled): Status[] {
  if (kind === 'response') return way === 'refuses' ? ['failed'] : ['completed'];
  return kind === 'timeout' && way.startsWith('answers') ? ['completed', 'failed'] : ['failed'];
}

/** Ends some of the environments, in bad weather and in fair; the others stay frozen. */
async function quieten(
  platform: LocalPlatform,
  [first, second, ...others]: readonly Environment[],
  runs: Map<string, Run>,
): Promise<void> {
  platform.setFaults({ kind: 'status', status: 503, calls: 'all' });
  await invokeQuietly(first!, 1, runs);
  await first!.shutdown();
  platform.setFaults(undefined);
  await Promise.all([second!, ...others].map((each) => invokeQuietly(each, 3, runs)));
  await second!.shutdown();
}

/** The first of them meets what processes have left that died. */
async function invokeQuietly(
  environment: Environment,
  invocations: number,
  runs: Map<string, Run>,
): Promise<void> {
  for (let count = 0; count < invocations; count += 1) {
    const step = { requestId: randomUUID(), event: { way: 'answers' }, environment: -1 };
    environment.clock.pass(longPauseMs);
    await runStep({ ...step, pauseMs: longPauseMs }, environment, runs);
  }
}

function expected({ attempts }: Run): readonly string[] {
  return attempts.findLast(({ statuses }) => statuses.length > 0)?.statuses ?? [];
}

/** Runs that are nowhere with their right status, with what helps to find out why. */
function unaccounted(
  runs: ReadonlyMap<string, Run>,
  places: readonly Place[],
  calls: (id: string) => string[],
): object[] {
  return [...runs.values()].flatMap((run) => {
    const statuses = expected(run);
    const found = places.filter(({ id }) => id === run.id);
    if (statuses.length === 0 || found.some(({ status }) => statuses.includes(status))) return [];
    const attempts = run.attempts.map(describeAttempt);
    return [{ id: run.id, expected: statuses, found, attempts, calls: calls(run.id) }];
  });
}

function describeAttempt({ step, result, statuses }: Attempt): object {
  const { event, environment } = step;
  const delivery = deliveries[environment];
  const logs = result.logs
    .filter((line) => line.includes('xpander'))
    .map((line) => line.slice(0, 200));
  return { event, environment, delivery, seen: result.kind, statuses, logs };
}

/** What came in about a run, each call with its number and its fault. */
function callsOf(id: string, platform: LocalPlatform, faults: readonly Fault[]): string[] {
  return platform.requests().flatMap(({ method, path, body }, index) => {
    const isAsked = path.includes(id);
    if (!isAsked && Reflect.get(Object(body), 'id') !== id) return [];
    const what = isAsked ? 'asks' : `is_success: ${Reflect.get(Object(body), 'is_success')}`;
    return [`${index}: ${method} ${what}, ${JSON.stringify(faults[index])}`];
  });
}

/** In-band each process writes down what it finds waiting: `replay` sends it once. */
function isOnce({ kind, environment = 0 }: Place): boolean {
  return kind !== 'log' || deliveries[environment] === 'after-response';
}

function unknownIn(places: readonly Place[], runs: ReadonlyMap<string, Run>): Place[] {
  return places.filter(({ id }) => !runs.has(id));
}

function print(
  runs: ReadonlyMap<string, Run>,
  places: readonly Place[],
  replayed: object | undefined,
): void {
  const attempts = [...runs.values()].flatMap((run) => run.attempts);
  const only = (kind: Place['kind']): number =>
    new Set(places.filter((place) => place.kind === kind).map(({ id }) => id)).size;
  console.info(
    `seed ${seed}: ${attempts.length} invocations, ${runs.size} runs;`,
    Object.entries(countsOf(attempts.map(({ result }) => result.kind))),
    `in the history ${only('history')}, in /tmp ${only('spool')}, in log lines ${only('log')};`,
    `never begun ${attempts.filter(({ statuses }) => statuses.length === 0).length};`,
    'replay:',
    JSON.stringify(replayed),
  );
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
