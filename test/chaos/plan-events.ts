/** The ways in which planned invocations end, and the events that choose them. */

import type { SeededRandom } from './seeded-random.ts';

export interface ChaosEvent {
  /** First, so that it survives truncation: reports show to which attempt they belong. */
  readonly attempt: number;
  readonly way: Way;
  readonly secret: string;
  readonly [field: string]: unknown;
}

const usual = {
  answers: 30,
  answersLater: 6,
  answersNear: 7,
  answersLong: 5,
  refuses: 4,
  throws: 8,
  throwsLater: 4,
  throwsNear: 4,
  hangs: 4,
  blocks: 3,
  exits: 6,
  exitsNear: 1,
  throwsElsewhere: 3,
  rejectsElsewhere: 5,
  runsOutOfMemory: 3,
  isKilled: 3,
  answersAndExits: 4,
  endsLate: 0,
};

export type Way = keyof typeof usual;

const successful = [
  'answers',
  'answersLater',
  'answersNear',
  'answersLong',
  'answersAndExits',
  'refuses',
];
const deadly = [
  'blocks',
  'exits',
  'exitsNear',
  'throwsElsewhere',
  'rejectsElsewhere',
  'runsOutOfMemory',
  'isKilled',
  'answersAndExits',
];

export interface WaysOptions {
  readonly isStream: boolean;
  readonly isInBand: boolean;
  readonly isManaged: boolean;
  readonly isFailing: boolean;
  readonly deaths: boolean;
}

/** How often each is chosen. */
export function waysOf(options: WaysOptions): Record<Way, number> {
  const { isStream, isInBand, isManaged, isFailing, deaths } = options;
  const weights: Record<Way, number> = { ...usual };
  const leaveOut = (names: readonly string[]): void => {
    for (const name of names) weights[name as Way] = 0;
  };
  if (isFailing) {
    leaveOut(successful);
    // What Lambda repeats while the first environment has not told of it yet.
    weights.throwsNear = 14;
  }
  // Its text is no HTTP response.
  if (isStream) leaveOut(['refuses']);
  // In-band the exit comes before the answer, which waits for its report, or in a later event.
  if (isInBand || isStream) leaveOut(['answersAndExits']);
  if (isManaged) {
    leaveOut(['hangs', ...(deaths ? ['blocks'] : deadly)]);
    weights.endsLate = 6;
  }
  return weights;
}

export interface EventTimes {
  readonly timeoutMs: number;
  readonly nearMs: number;
}

const sizes = [10_000, 100_000, 190_000, 750_000];

export function eventOf(
  way: Way,
  random: SeededRandom,
  { timeoutMs, nearMs }: EventTimes,
): { readonly way: Way } & Record<string, unknown> {
  const leftMs = random.between(Math.round(nearMs / 20), nearMs);
  const words = random.chance(0.5) ? { firstWords: 'Well, ' } : {};
  switch (way) {
    case 'answersNear':
      return { way, leftMs, ...words };
    case 'throwsNear':
      return { way, leftMs: random.between(Math.round(nearMs / 20), Math.round(nearMs / 4)) };
    case 'exitsNear':
      return { way, leftMs, code: random.between(0, 3) };
    case 'answersLater':
    case 'throwsLater':
      return { way, waitMs: random.between(1, timeoutMs / 2), ...words };
    case 'answersLong': {
      const bytes = random.pick(sizes);
      return { way, bytes, padding: 'The user asked this. '.repeat(random.pick([1, bytes / 21])) };
    }
    case 'exits':
      return { way, code: random.between(0, 3), waitMs: random.pick([0, 20, timeoutMs / 2]) };
    case 'answersAndExits':
      // With the second turn the runtime has posted the answer, with the third this is known.
      return { way, turns: random.between(3, 6) };
    case 'endsLate':
      return { way, lateMs: random.between(50, 1_000) };
    default:
      return { way, ...words };
  }
}
