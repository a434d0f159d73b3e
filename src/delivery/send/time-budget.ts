import { loadingTimeMs, slownessHere } from '../execution-environment/loading-time.ts';

// What the runtime needs after us to hand the answer over, and what a timer may be late: more on a
// small function, where all takes longer.
const leastReserveMs = 100;
const reserveOfWholeCpuMs = 30;
// A response that waits has to be written as JSON and posted after that.
const reserveForResponseMs = 60;
const reservedShare = 0.2;
// What making and keeping the first report takes at least, in times of what loading the code takes.
const loadingTimes = 5;

/**
 * Milliseconds that one delivery may take: the budget, and never more than the invocation has
 * left. 0 means that there is no time to try.
 *
 * @param remainingMs - until Lambda ends the invocation; undefined where nobody says
 * @param isWaitedFor - whether the response waits for it
 */
export function deliveryTimeMs(
  budgetMs: number,
  remainingMs: number | undefined,
  isWaitedFor = false,
): number {
  if (remainingMs === undefined) return budgetMs;
  const ofWholeCpuMs = isWaitedFor ? reserveForResponseMs : reserveOfWholeCpuMs;
  const reserveMs = Math.max(
    leastReserveMs,
    ofWholeCpuMs * slownessHere(),
    remainingMs * reservedShare,
  );
  return Math.max(0, Math.min(budgetMs, Math.floor(remainingMs - reserveMs)));
}

/** Whether a delivery that begins with loading its code gets as far as keeping its report. */
export function isWorthLoading(remainingMs: number | undefined, isWaitedFor: boolean): boolean {
  const mostMs = deliveryTimeMs(Number.POSITIVE_INFINITY, remainingMs, isWaitedFor);
  return mostMs >= loadingTimes * loadingTimeMs('delivery');
}

/**
 * Milliseconds for one try. The first leaves a third for a second one: a connection that went
 * dead while the environment was frozen answers nobody, and a new one does.
 */
export function tryTimeMs(attempt: number, leftMs: number): number {
  return Math.max(1, Math.ceil(attempt === 1 ? (leftMs * 2) / 3 : leftMs));
}
