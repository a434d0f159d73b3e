/** Which invocations there are, and what happens in each: the same for the same seed. */

import type { SlotOptions } from './attachments.ts';
import { type ChaosEvent, eventOf, type Way, waysOf } from './plan-events.ts';
import type { SeededRandom } from './seeded-random.ts';

/** One invocation. */
export interface Step {
  readonly requestId: string;
  /** Counts the invocations under this request id from 1. */
  readonly attempt: number;
  readonly event: ChaosEvent;
  /** The place whose environment gets it. */
  readonly slot: number;
  /** How long the environment is frozen before it. */
  readonly pauseMs: number;
  /** What becomes of the environment: `abandoned` if the invocation resets it. */
  readonly fate: 'stays' | 'spindown' | 'abandoned';
}

export interface PlanOptions {
  readonly invocations: number;
  readonly slots: readonly SlotOptions[];
  readonly timeoutMs: number;
  /** The response near the deadline comes so long before it at most. */
  readonly nearMs: number;
  /** Whether processes of Managed Instances die. */
  readonly deaths: boolean;
}

const retriedShare = 0.15;
/** Lambda repeats an asynchronous event twice. */
const mostAttempts = 3;

/** Retries follow at once or after some others, here or in another environment. */
export function planSteps(random: SeededRandom, options: PlanOptions): Step[] {
  const { invocations, slots } = options;
  const steps: Step[] = [];
  const retries: { readonly at: number; readonly step: Step }[] = [];
  const planned = (): number => steps.length + retries.length;
  const takeDue = (): void => {
    for (;;) {
      const due = retries.findIndex(({ at }) => at <= steps.length);
      if (due === -1) return;
      const [{ step }] = retries.splice(due, 1) as [(typeof retries)[number]];
      steps.push(step);
    }
  };
  for (let run = 0; planned() < invocations; run += 1) {
    const requestId = `c0ffee00-0000-4000-8000-${String(run).padStart(12, '0')}`;
    const isRetried = random.chance(retriedShare);
    let slot = random.between(0, slots.length - 1);
    let at = steps.length;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const isLast = attempt === mostAttempts || !isRetried || random.chance(0.6);
      const isFailing = isRetried && (!isLast || random.chance(0.2));
      const step = planStep(random, options, { requestId, attempt, slot, isFailing });
      if (attempt === 1) steps.push(step);
      else retries.push({ at, step });
      if (isLast && (attempt > 1 || !isRetried)) break;
      at = (attempt === 1 ? steps.length : at) + (random.chance(0.4) ? 0 : random.between(1, 10));
      if (random.chance(0.6)) slot = random.between(0, slots.length - 1);
    }
    takeDue();
  }
  return [...steps, ...retries.map(({ step }) => step)];
}

interface Planned {
  readonly requestId: string;
  readonly attempt: number;
  readonly slot: number;
  readonly isFailing: boolean;
}

function planStep(
  random: SeededRandom,
  options: PlanOptions,
  { requestId, attempt, slot, isFailing }: Planned,
): Step {
  const { isStream, isInBand, managedInstances } = options.slots[slot]!;
  const isManaged = managedInstances !== undefined;
  const kind = { isStream, isInBand, isManaged, isFailing, deaths: options.deaths };
  const way = random.weighted<Way>(waysOf(kind));
  const event = { attempt, secret: secretOf(random), ...eventOf(way, random, options) };
  const step = { requestId, attempt, event, slot };
  // Managed Instances are never frozen.
  if (isManaged) return { ...step, pauseMs: 0, fate: 'stays' };
  return { ...step, pauseMs: pauseMs(random), fate: fateOf(random) };
}

/** What no log line and no report may show. */
function secretOf(random: SeededRandom): string {
  return `leak${random.between(1e8, 1e9)}Z${random.between(1e8, 1e9)}`;
}

function fateOf(random: SeededRandom): Step['fate'] {
  return random.weighted({ stays: 20, abandoned: 6, spindown: 2 });
}

/** Many follow at once, some after minutes. */
function pauseMs(random: SeededRandom): number {
  return random.chance(0.5) ? 0 : Math.round(-60_000 * Math.log(1 - random.number()));
}
