/** How much longer the environment is held after a response than without a reporter. */
import type { Observed } from './observe-shape.ts';

/** More than a busy machine adds at random. */
export const heldLimitMs = 100;

/** Milliseconds, invocation by invocation. */
export function heldBeyondBare(reported: Observed, bare: Observed): number[] {
  return reported.heldMs.map((ms, index) => Math.round(ms - (bare.heldMs[index] ?? 0)));
}

export function isHeld(heldMs: readonly number[]): boolean {
  return heldMs.some((ms) => ms > heldLimitMs);
}

/** A real hold repeats; a delay by a busy machine does not. */
export function leastHeld(once: readonly number[], again: readonly number[]): number[] {
  return once.map((ms, index) => Math.min(ms, again[index] ?? ms));
}

export function describeHold(heldMs: readonly number[]): string {
  const each = heldMs.map((ms) => `${ms} ms`).join(', ');
  return `held beyond bare, invocation by invocation: ${each}; the limit is ${heldLimitMs} ms`;
}
