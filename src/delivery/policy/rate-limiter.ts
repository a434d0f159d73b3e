import { createPauseClock } from './pause-clock.ts';
import { createRecentRate } from './recent-rate.ts';

/** Keeps an environment within its share of the platform's rate limit. */
export interface RateLimiter {
  /** Whether to send now; true counts as a send. */
  readonly mayTry: () => boolean;
  /**
   * The platform responded with 429.
   *
   * @param retryAfterSeconds - its `Retry-After`; undefined without one
   */
  readonly limited: (retryAfterSeconds: number | undefined) => void;
  /** The platform accepted a report. */
  readonly accepted: () => void;
  /** Whether the next send has to wait. If so, records that demand exceeds the rate. */
  readonly holdsBack: () => boolean;
  /** Milliseconds until the next send is allowed; 0 if it is allowed now. */
  readonly pausedForMs: () => number;
  /** Whether any limit applies. */
  readonly isLimiting: () => boolean;
  /** Removes all limits. */
  readonly reset: () => void;
}

export interface RateLimiterOptions {
  /**
   * Clock in milliseconds that never goes back.
   * @default a clock that includes the time of a freeze
   */
  readonly now?: () => number;
  /**
   * From 0 to 1; spreads the sends of many environments after a pause.
   * @default Math.random
   */
  readonly random?: () => number;
}

const minuteMs = 60_000;
// The pause without `Retry-After`. In this time the platform's limit of 100 requests a minute frees
// three places. Each further refusal in a row doubles the pause.
const firstPauseMs = 2_000;
// A wrong header cannot stop the reporter for longer.
const longestPauseMs = 300_000;
// A refusal multiplies the rate by this, but never lowers it below what the platform really
// accepted: an environment keeps the share that it gets.
const decrease = 0.6;
// A refusal right after a pause means that other environments used up the limit. A platform that
// refuses everything looks the same, so this lowers the rate less, and by half in total.
const decreaseInARow = 0.8;
const mostDecreaseInARow = 0.5;
// Each accepted report adds this times the square root of the rate. Environments that send less
// gain relatively more, which evens out the shares. The gain is at most `mostIncrease` times the
// rate, so that about one request in seven is refused, however many environments there are.
const increase = 0.1;
const mostIncrease = 0.05;
// After this many accepted in a row the gain grows: the limit has risen, or others have ended.
const acceptedToAccelerate = 10;
// A thousand environments, the default maximum of an AWS account, share 100 requests a minute.
const slowestPerMinute = 0.1;
// The first guess is the share of each of twenty environments. If there are fewer, they have been
// sending more than this, and keep the rate that the platform accepted.
const firstGuessPerMinute = 5;
// Unused sends of this period may be made up for at once: a minute, or two for environments that
// send little. With two invocations a minute, one in seven intervals is longer than a minute.
const creditMs = minuteMs;
const mostCreditMs = 2 * minuteMs;
const creditOfFew = 10;
// For an environment that sends little, one refusal may be chance. During its probation each
// accepted report doubles the rate. After `acceptedOnProbation` of them the refusal is forgotten.
const sendsLittlePerMinute = 10;
const probationPerMinute = 20;
const acceptedOnProbation = 4;
// A refusal this long after the previous one counts as the first.
const rememberedMs = 600_000;

/**
 * Creates a rate limiter that finds the share of this environment. The limit applies to the
 * account, and the number of environments that share it is unknown. So there is no limit before the
 * first 429, and then a rate that falls with each refusal and rises with each accepted report.
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { now = createPauseClock(), random = Math.random } = options;
  const taken = createRecentRate();
  let perMinute = Number.POSITIVE_INFINITY;
  let pausedUntil = 0;
  /** When the next send is due at the current rate. */
  let nextAt = 0;
  let acceptedInARow = 0;
  let refusedInARow = 0;
  /** The lowest rate that refusals in a row can lead to. */
  let leastInARow = slowestPerMinute;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let isOnProbation = false;
  /** Whether a report had to wait since the last accepted one: otherwise the rate is not tested. */
  let hasHeldBack = false;

  const holdsBack = (): boolean => {
    const holds = now() < nextAt;
    hasHeldBack ||= holds;
    return holds;
  };

  /** Returns the rate after a refusal that does not fall into a pause. */
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
      // Infrequent invocations get their share through this credit. A pause leaves no credit,
      // because `nextAt` is after its end.
      const intervalMs = minuteMs / perMinute;
      const madeUpMs = Math.max(creditMs, Math.min(mostCreditMs, creditOfFew * intervalMs));
      nextAt = Math.max(nextAt, now() - madeUpMs) + intervalMs;
      return true;
    },

    accepted() {
      const time = now();
      taken.add(time);
      // The report was sent before the refusal that caused the pause.
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
      // Environments that were refused together resume at different times: within one interval of
      // the rate, or within half the pause if that is shorter and they are on probation.
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
  // 4, 8, 16 ... s. The first `Retry-After` is trusted; after a further refusal it was too short.
  const grown = refusedInARow > 1 ? firstPauseMs * 2 ** (refusedInARow - 1) : 0;
  return Math.min(longestPauseMs, Math.max(asked, grown));
}
