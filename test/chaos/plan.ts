/** Which invocations there are, and what happens in each: the same for the same seed. */

import type { SeededRandom } from './seeded-random.ts';

/** One invocation. */
export interface Step {
  readonly requestId: string;
  readonly event: { readonly way: string } & Readonly<Record<string, unknown>>;
  /** Which of the environments gets it. */
  readonly environment: number;
  /** How long the environment is frozen before it. */
  readonly pauseMs: number;
}

export interface PlanOptions {
  readonly invocations: number;
  /** How each environment delivers. */
  readonly deliveries: readonly string[];
  readonly timeoutMs: number;
}

const ways = {
  answers: 42,
  answersLate: 4,
  answersLong: 4,
  refuses: 4,
  throws: 8,
  throwsLater: 4,
  hangs: 4,
  blocks: 3,
  exits: 7,
  throwsElsewhere: 3,
  rejectsElsewhere: 6,
  runsOutOfMemory: 4,
  isKilled: 2,
};
const waysOf: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'after-response': { ...ways, answersAndExits: 5 },
  // In-band the exit comes before the answer, which waits for its report, or in a later event.
  'in-band': ways,
};
// What Lambda repeats: an asynchronous event whose run has failed.
const failing = {
  refuses: 0,
  throws: 5,
  hangs: 1,
  blocks: 1,
  exits: 3,
  rejectsElsewhere: 2,
  runsOutOfMemory: 1,
  isKilled: 1,
};
const retriedShare = 0.1;
const mostBetween = 12;

/** Retries follow their first attempt after some others, here or in another environment. */
export function planSteps(random: SeededRandom, options: PlanOptions): Step[] {
  const { invocations, deliveries } = options;
  const anyEnvironment = (): number => random.between(0, deliveries.length - 1);
  const steps: Step[] = [];
  const retries: { at: number; step: Step }[] = [];
  for (let run = 0; steps.length + retries.length < invocations; run += 1) {
    const requestId = `c0ffee00-0000-4000-8000-${String(run).padStart(12, '0')}`;
    const isRetried =
      invocations - steps.length - retries.length > 1 && random.chance(retriedShare);
    const environment = anyEnvironment();
    const ways = isRetried ? failing : waysOf[deliveries[environment]!]!;
    const step = {
      requestId,
      event: eventOf(random.weighted<string>(ways), random, options),
      environment,
      pauseMs: pauseMs(random),
    };
    steps.push(step);
    if (isRetried) {
      const place = { environment: random.chance(0.5) ? environment : anyEnvironment() };
      retries.push({
        at: steps.length + random.between(1, mostBetween),
        step: { ...step, ...place, event: eventOf('answers', random, options) },
      });
    }
    for (const due of retries.filter(({ at }) => at <= steps.length)) {
      steps.push(due.step);
      retries.splice(retries.indexOf(due), 1);
    }
  }
  return [...steps, ...retries.map(({ step }) => step)];
}

function eventOf(way: string, random: SeededRandom, { timeoutMs }: PlanOptions): Step['event'] {
  switch (way) {
    case 'answersLate':
      // About when it is reported as about to time out.
      return { way, waitMs: timeoutMs - random.between(150, 500) };
    case 'throwsLater':
      return { way, waitMs: random.between(1, timeoutMs / 2) };
    case 'answersLong':
      return { way, bytes: random.pick([10_000, 100_000, 1_000_000]) };
    case 'exits':
      return { way, code: random.between(0, 3), waitMs: random.pick([0, 20, timeoutMs - 200]) };
    case 'answersAndExits':
      // With the second turn the runtime has posted the answer, with the third this is known.
      return { way, turns: random.between(3, 6) };
    default:
      return { way };
  }
}

/** Many follow at once, some after minutes. */
function pauseMs(random: SeededRandom): number {
  return random.chance(0.5) ? 0 : -60_000 * Math.log(1 - random.number());
}
