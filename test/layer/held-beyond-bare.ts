/** How much longer than without a reporter an environment cannot be frozen after a response. */
import type { Observed } from './observe-shape.ts';

/** What a busy machine makes of nothing, at most. */
export const heldLimitMs = 100;

/** Milliseconds, invocation by invocation. */
export function heldBeyondBare(reported: Observed, bare: Observed): number[] {
  return reported.heldMs.map((ms, index) => Math.round(ms - (bare.heldMs[index] ?? 0)));
}

export function isHeld(heldMs: readonly number[]): boolean {
  return heldMs.some((ms) => ms > heldLimitMs);
}

/** A hold comes again; the machine being busy with something else does not. */
export function leastHeld(once: readonly number[], again: readonly number[]): number[] {
  return once.map((ms, index) => Math.min(ms, again[index] ?? ms));
}

export function describeHold(heldMs: readonly number[]): string {
  const each = heldMs.map((ms) => `${ms} ms`).join(', ');
  return `held beyond bare, invocation by invocation: ${each}; the limit is ${heldLimitMs} ms`;
}
