// What the runtime needs after us to hand the answer over, and what a timer may be late: more on a
// small function, whose timeout tells that it is quick otherwise.
const leastReserveMs = 100;
const reservedShare = 0.2;
// For loading the HTTP client and the key's, during which no timer fires.
const coldReserveMs = 400;

/**
 * Milliseconds that one delivery may take: the budget, and never more than the invocation has
 * left. 0 means that there is no time to try.
 *
 * @param remainingMs - until Lambda ends the invocation; undefined where nobody says
 * @param isCold - whether something has to be loaded for it
 */
export function deliveryTimeMs(
  budgetMs: number,
  remainingMs: number | undefined,
  isCold = false,
): number {
  if (remainingMs === undefined) return budgetMs;
  const reserveMs = Math.max(leastReserveMs, remainingMs * reservedShare);
  const timeMs = Math.floor(remainingMs - reserveMs - (isCold ? coldReserveMs : 0));
  return Math.max(0, Math.min(budgetMs, timeMs));
}

/**
 * Milliseconds for one try. The first leaves a third for a second one: a connection that went
 * dead while the environment was frozen answers nobody, and a new one does.
 */
export function tryTimeMs(attempt: number, leftMs: number): number {
  return Math.max(1, Math.ceil(attempt === 1 ? (leftMs * 2) / 3 : leftMs));
}
