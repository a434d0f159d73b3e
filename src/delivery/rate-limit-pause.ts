import { createPauseClock } from './pause-clock.ts';

/** Keeps an environment within its share of the platform's rate limit. */
export interface RateLimitPause {
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
  /** Milliseconds until the next send is allowed, 0 when it is now. */
  readonly pausedForMs: () => number;
}

export interface RateLimitPauseOptions {
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
// In this time the platform's 100 requests a minute free ten places.
const firstPauseMs = 6_000;
// A wrong header cannot silence the reporter for longer.
const longestPauseMs = 300_000;
// What a refusal leaves of the rate. Less would waste the limit of a function that has it for
// itself; but who is refused again after one or two reports is far above its share.
const decrease = 0.75;
const steepDecrease = 0.5;
const fewAccepted = 3;
// Each report that is taken raises the rate, in reports a minute, by this much more than the one
// before. From one a minute ten win the quarter back, so that about one request in ten is refused;
// the same step means less to who is faster, which evens the shares. And a limit that rises, or
// environments that end, are noticed within a few dozen.
const increasePerMinute = 0.004;
// A thousand environments, the most that an AWS account has by default, share 100 a minute.
const slowestPerMinute = 0.1;
// What ten environments have each. Who has been refused at once knows nothing of its share, and
// comes down from here within a few minutes.
const firstGuessPerMinute = 10;

/**
 * The limit is the account's and nobody says how many environments share it, so each finds its
 * share: no limit before the first 429, then a rate that falls with each refusal and rises with
 * each report that was taken.
 */
export function createRateLimitPause(options: RateLimitPauseOptions = {}): RateLimitPause {
  const { now = createPauseClock(), random = Math.random } = options;
  let perMinute = Number.POSITIVE_INFINITY;
  let pausedUntil = 0;
  /** When the next send is due at this rate. */
  let nextAt = 0;
  let acceptedInARow = 0;
  let refusedInARow = 0;
  const recent = createRecentCount();

  return {
    mayTry() {
      const time = now();
      if (time < nextAt) return false;
      // A minute without sends may be made up for at once: an invocation now and then has its
      // share too. A pause leaves no such credit, because `nextAt` lies behind it.
      nextAt = Math.max(nextAt, time - minuteMs) + minuteMs / perMinute;
      return true;
    },

    accepted() {
      const time = now();
      recent.add(time);
      // Sent before the refusal that the pause is for.
      if (time < pausedUntil) return;
      refusedInARow = 0;
      acceptedInARow += 1;
      perMinute += increasePerMinute * acceptedInARow;
    },

    limited(retryAfterSeconds) {
      const time = now();
      const isPaused = time < pausedUntil;
      if (!isPaused) {
        // The rate as it really was: a function with little to send does not reach its own.
        // One refusal after another says that the door is closed, not that the rate is too high.
        if (refusedInARow === 0) {
          const seen = Math.max(recent.at(time), firstGuessPerMinute);
          const factor = acceptedInARow < fewAccepted ? steepDecrease : decrease;
          perMinute = Math.max(slowestPerMinute, factor * Math.min(perMinute, seen));
        }
        refusedInARow += 1;
        acceptedInARow = 0;
      }
      pausedUntil = Math.max(pausedUntil, time + pauseMs(retryAfterSeconds, refusedInARow));
      // Within one interval of the rate, environments that were refused together come back apart.
      if (!isPaused) nextAt = pausedUntil + (random() * minuteMs) / perMinute;
      nextAt = Math.max(nextAt, pausedUntil);
    },

    pausedForMs: () => Math.max(0, nextAt - now()),
  };
}

function pauseMs(retryAfterSeconds: number | undefined, refusedInARow: number): number {
  const asked =
    retryAfterSeconds && retryAfterSeconds > 0 ? retryAfterSeconds * 1_000 : firstPauseMs;
  // 0, 12, 36, 84 ... s: the first time the platform knows best, later it has been wrong.
  const grown = firstPauseMs * (2 ** refusedInARow - 2);
  return Math.min(longestPauseMs, Math.max(asked, grown));
}

/** How many in about the last minute; an old one counts less and less. */
function createRecentCount(): {
  readonly add: (time: number) => void;
  readonly at: (time: number) => number;
} {
  let count = 0;
  let countedAt = 0;
  const at = (time: number): number => count * Math.exp((countedAt - time) / minuteMs);
  return {
    at,
    add(time) {
      count = at(time) + 1;
      countedAt = time;
    },
  };
}
