/** Takes the steps of a plan through environments that live side by side. */

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import { abandon, type Life, type Slot, spinDown } from './lives.ts';
import type { Note } from './notes.ts';
import type { Step } from './plan.ts';

/** An invocation that has taken place. */
export interface Attempt {
  readonly step: Step;
  readonly life: Life;
  /** By the clock of `performance.now()`; when the caller had its result. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly result: InvocationResult;
  readonly settlement: Settlement;
  /** What the handler wrote down in this attempt. */
  readonly notes: readonly Note[];
}

// Longer than handlers go on after a timeout. Lambda waits for a minute: what is posted late, under
// the same id, would be taken for the response of the next attempt.
const lateMs = 1_200;

export interface RunOptions {
  /** How many steps a place takes at once. */
  readonly lanes: number;
}

/**
 * Each lane of a place takes its steps one after the other. A retry also waits for the result of
 * the attempt before, not for what its environment still does; Lambda repeats failures alone.
 */
export async function runPlan(
  steps: readonly Step[],
  slots: readonly Slot[],
  { lanes }: RunOptions,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const idle = slots.map(() => Array.from({ length: lanes }, () => Promise.resolve()));
  const results = new Map<string, Promise<boolean>>();
  for (const [index, step] of steps.entries()) {
    const { requestId, slot } = step;
    const lane = index % lanes;
    const before = results.get(requestId) ?? Promise.resolve(true);
    let onResult: (isFailed: boolean) => void = () => {};
    results.set(requestId, new Promise((resolve) => (onResult = resolve)));
    idle[slot]![lane] = Promise.all([idle[slot]![lane], before]).then(async ([, isDue]) => {
      if (isDue) attempts.push(await runStep(step, await slots[slot]!.current(), onResult));
      else onResult(false);
    });
  }
  await Promise.all(idle.flat());
  return attempts.toSorted((one, other) => one.fromMs - other.fromMs);
}

/** @param onResult - called as soon as the caller has the result, with whether it is a failure */
export async function runStep(
  step: Step,
  life: Life,
  onResult: (isFailed: boolean) => void = () => {},
): Promise<Attempt> {
  const { requestId, attempt, event, pauseMs } = step;
  life.environment.clock.pass(pauseMs);
  const fromMs = performance.now();
  const result = await life.environment.call(event, { requestId });
  const toMs = performance.now();
  if (life.isManaged && result.kind === 'timeout') await sleep(lateMs);
  onResult(result.kind !== 'response' || result.streamError !== undefined);
  const settlement = await result.settled;
  const notes = life.notes().filter((note) => note.id === requestId && note.attempt === attempt);
  if (step.fate === 'spindown') await spinDown(life);
  if (step.fate === 'abandoned' && settlement.kind !== 'next') await abandon(life);
  return { step, life, fromMs, toMs, result, settlement, notes };
}
