/** Calculates how much time a delivery and its attempts may take. */
import { loadingTimeMs, slownessHere } from '../execution-environment/loading-time.ts';

// Time for the runtime to post the response after us, and for a late timer. A small function needs
// more, because everything takes longer there.
const leastReserveMs = 100;
const reserveOfWholeCpuMs = 30;
// A response that waits is serialised and posted only after the delivery.
const reserveForResponseMs = 60;
const reservedShare = 0.2;
// Building and keeping the first report takes at least this many times as long as loading the code.
const loadingTimes = 5;

/**
 * Returns the milliseconds that one delivery may take: the budget, but never more than the
 * invocation has left. 0 means that there is no time to try.
 *
 * @param remainingMs - until Lambda ends the invocation; undefined if unknown
 * @param isWaitedFor - whether the response waits for the delivery
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

/** Whether a delivery that must load its code first has enough time to keep its report. */
export function isWorthLoading(remainingMs: number | undefined, isWaitedFor: boolean): boolean {
  const mostMs = deliveryTimeMs(Number.POSITIVE_INFINITY, remainingMs, isWaitedFor);
  return mostMs >= loadingTimes * loadingTimeMs('delivery');
}

/**
 * Returns the milliseconds for one attempt. The first leaves a third for a second one: a connection
 * that died while the environment was frozen gets no response, but a new connection does.
 */
export function tryTimeMs(attempt: number, leftMs: number): number {
  return Math.max(1, Math.ceil(attempt === 1 ? (leftMs * 2) / 3 : leftMs));
}
