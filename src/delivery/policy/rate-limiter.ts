import { createPauseClock } from './pause-clock.ts';
import { createRecentRate } from './recent-rate.ts';

/** Keeps an environment within its share of the platform's rate limit. */
export interface RateLimiter {
  /** Whether to send now; true counts as a send. */
  readonly mayTry: () => boolean;
  /**
   * The platform answered 429.
   *
   * @param retryAfterSeconds - what it asked for, undefined when it did not
   */
  readonly limited: (retryAfterSeconds: number | undefined) => void;
  /** The platform took a report. */
  readonly accepted: () => void;
  /** Whether the next send has to wait; a report that was held back asks for more than it gets. */
  readonly holdsBack: () => boolean;
  /** Milliseconds until the next send is allowed, 0 when it is now. */
  readonly pausedForMs: () => number;
  /** Whether sends are limited at all. */
  readonly isLimiting: () => boolean;
  /** Forgets all limits. */
  readonly reset: () => void;
}

export interface RateLimiterOptions {
  /**
   * Clock in milliseconds that never goes back.
   * @default a clock that counts the time of a freeze
   */
  readonly now?: () => number;
  /**
   * From 0 to 1; spreads the returns of many environments.
   * @default Math.random
   */
  readonly random?: () => number;
}

const minuteMs = 60_000;
// Without `Retry-After`. In this time the platform's 100 requests a minute free three places; each
// refusal in a row doubles it.
const firstPauseMs = 2_000;
// A wrong header cannot silence the reporter for longer.
const longestPauseMs = 300_000;
// A refusal leaves this much of the rate, but never less than what the platform really took: who
// gets its share keeps it.
const decrease = 0.6;
// Refused again right after a pause: others took the places. A closed door looks the same, so that
// this costs less, and half of the rate in all.
const decreaseInARow = 0.8;
const mostDecreaseInARow = 0.5;
// What each report that is taken adds to the rate, times the root of the rate: who sends less gains
// more of its own, which evens the shares. It is never more than this share of the rate, so that
// about one request in seven is refused, however many environments there are.
const increase = 0.1;
const mostIncrease = 0.05;
// From this many in a row on it adds more and more: the limit has risen, or others have ended.
const acceptedToAccelerate = 10;
// A thousand environments, the most that an AWS account has by default, share 100 a minute.
const slowestPerMinute = 0.1;
// The share of each of twenty environments: the first guess. Fewer environments have been sending
// more than this, and keep what the platform took.
const firstGuessPerMinute = 5;
// The time whose sends may be made up for at once: a minute, and two for what sends little. With
// two invocations a minute, one in seven intervals is longer than a minute.
const creditMs = minuteMs;
const mostCreditMs = 2 * minuteMs;
const creditOfFew = 10;
// One refusal of an environment that sends little may be chance. It is on probation: each report
// that is taken doubles the rate, and after these the refusal is forgotten.
const sendsLittlePerMinute = 10;
const probationPerMinute = 20;
const acceptedOnProbation = 4;
// A refusal so long after the one before is a first one.
const rememberedMs = 600_000;

/**
 * The limit is the account's and nobody says how many environments share it, so each finds its
 * share: no limit before the first 429, then a rate that falls with each refusal and rises with
 * each report that was taken.
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { now = createPauseClock(), random = Math.random } = options;
  const taken = createRecentRate();
  let perMinute = Number.POSITIVE_INFINITY;
  let pausedUntil = 0;
  /** When the next send is due at this rate. */
  let nextAt = 0;
  let acceptedInARow = 0;
  let refusedInARow = 0;
  /** What refusals in a row leave of the rate. */
  let leastInARow = slowestPerMinute;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let isOnProbation = false;
  /** Whether a report had to wait since the last one was taken: otherwise the rate is not tested. */
  let hasHeldBack = false;

  const holdsBack = (): boolean => {
    const holds = now() < nextAt;
    hasHeldBack ||= holds;
    return holds;
  };

  /** The rate after a refusal that follows no other one in the same pause. */
  const lowered = (time: number): number => {
    const takenPerMinute = taken.perMinute(time);
    const isKnown = perMinute !== Number.POSITIVE_INFINITY;
    const rate = isKnown ? perMinute : Math.max(takenPerMinute, firstGuessPerMinute);
    const kept = Math.min(rate, takenPerMinute);
    if (refusedInARow === 0) {
      leastInARow = Math.max(slowestPerMinute, mostDecreaseInARow * decrease * rate);
      return Math.max(slowestPerMinute, kept, decrease * rate);
    }
    return Math.max(leastInARow, kept, decreaseInARow * rate);
  };

  return {
    holdsBack,

    mayTry() {
      if (holdsBack()) return false;
      // An invocation now and then has its share too. A pause leaves no such credit, because
      // `nextAt` lies behind it.
      const intervalMs = minuteMs / perMinute;
      const madeUpMs = Math.max(creditMs, Math.min(mostCreditMs, creditOfFew * intervalMs));
      nextAt = Math.max(nextAt, now() - madeUpMs) + intervalMs;
      return true;
    },

    accepted() {
      const time = now();
      taken.add(time);
      // Sent before the refusal that the pause is for.
      if (time < pausedUntil) return;
      refusedInARow = 0;
      acceptedInARow += 1;
      if (isOnProbation) {
        isOnProbation = acceptedInARow < acceptedOnProbation;
        perMinute = isOnProbation ? perMinute * 2 : Number.POSITIVE_INFINITY;
        nextAt = Math.min(nextAt, time + minuteMs / perMinute);
      } else if (hasHeldBack) {
        const speed = Math.max(1, acceptedInARow / acceptedToAccelerate);
        perMinute += Math.min(increase * Math.sqrt(perMinute), mostIncrease * perMinute) * speed;
      }
      hasHeldBack = false;
    },

    limited(retryAfterSeconds) {
      const time = now();
      const isPaused = time < pausedUntil;
      if (!isPaused) {
        const isFirst = time - refusedAt > rememberedMs && perMinute === Number.POSITIVE_INFINITY;
        isOnProbation = isFirst && taken.perMinute(time) < sendsLittlePerMinute;
        perMinute = isOnProbation ? probationPerMinute : lowered(time);
        refusedInARow += 1;
        acceptedInARow = 0;
        refusedAt = time;
      }
      const lengthMs = pauseMs(retryAfterSeconds, refusedInARow);
      pausedUntil = Math.max(pausedUntil, time + lengthMs);
      // Environments that were refused together come back apart: within one interval of the rate,
      // or soon after a pause that is the first and short.
      const intervalMs = minuteMs / perMinute;
      const spreadMs = isOnProbation ? Math.min(intervalMs, lengthMs / 2) : intervalMs;
      if (!isPaused) nextAt = pausedUntil + random() * spreadMs;
      nextAt = Math.max(nextAt, pausedUntil);
    },

    pausedForMs: () => Math.max(0, nextAt - now()),
    isLimiting: () => perMinute !== Number.POSITIVE_INFINITY || now() < pausedUntil,

    reset() {
      perMinute = Number.POSITIVE_INFINITY;
      pausedUntil = 0;
      nextAt = 0;
      refusedInARow = 0;
      isOnProbation = false;
    },
  };
}

function pauseMs(retryAfterSeconds: number | undefined, refusedInARow: number): number {
  const asked =
    retryAfterSeconds && retryAfterSeconds > 0 ? retryAfterSeconds * 1_000 : firstPauseMs;
  // 4, 8, 16 ... s: the first time the platform knows best, later it has been wrong.
  const grown = refusedInARow > 1 ? firstPauseMs * 2 ** (refusedInARow - 1) : 0;
  return Math.min(longestPauseMs, Math.max(asked, grown));
}
