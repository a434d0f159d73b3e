// What the runtime needs after us to hand the answer over, and what a timer may be late.
const reserveMs = 100;

/**
 * Milliseconds that one delivery may take: the budget, and never more than the invocation has
 * left. 0 means that there is no time to try.
 *
 * @param remainingMs - until Lambda ends the invocation; undefined where nobody says
 */
export function deliveryTimeMs(budgetMs: number, remainingMs: number | undefined): number {
  if (remainingMs === undefined) return budgetMs;
  return Math.max(0, Math.min(budgetMs, Math.floor(remainingMs) - reserveMs));
}

/**
 * Milliseconds for one try. The first leaves a third for a second one: a connection that went
 * dead while the environment was frozen answers nobody, and a new one does.
 */
export function tryTimeMs(attempt: number, leftMs: number): number {
  return Math.max(1, Math.ceil(attempt === 1 ? (leftMs * 2) / 3 : leftMs));
}
