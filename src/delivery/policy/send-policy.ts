/** Whether a request to the platform is worth making now. */

import { createCircuitBreaker } from './circuit-breaker.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { isRateLimit, policyFor } from './error-policy.ts';
import { createRateLimiter } from './rate-limiter.ts';

export interface SendPolicy {
  /** Whether to send; who gets true tells how it ended. */
  readonly mayTry: () => boolean;
  readonly ended: (result: DeliveryResult) => void;
  /** Whether the platform's rate limit has been felt of late. */
  readonly isLimited: () => boolean;
  /** What was allowed is not done. */
  readonly withdraw: () => void;
  /** Whether the platform is known to be down, or its rate limit slows this process down. */
  readonly isPaused: () => boolean;
  /** Ends all pauses, so that one request can find out how the platform is now. */
  readonly endPauses: () => void;
}

// Ten times the minute that the limit is for.
const limitFeltMs = 600_000;

/** One for all that a process sends to a platform: it backs off as a whole. */
export function createSendPolicy(): SendPolicy {
  const circuitBreaker = createCircuitBreaker();
  const pause = createRateLimiter();
  let limitedAt = Number.NEGATIVE_INFINITY;
  return {
    mayTry() {
      if (pause.holdsBack() || !circuitBreaker.mayTry()) return false;
      return pause.mayTry();
    },
    ended(result) {
      if (result.kind === 'delivered') {
        circuitBreaker.succeeded();
        pause.accepted();
        return;
      }
      const { attempts, error } = result;
      // Without a request nothing was learned: there was no key, or no time.
      const platform = attempts === 0 ? 'unknown' : policyFor(error).platform;
      if (platform === 'down') circuitBreaker.failed();
      else if (platform === 'up') circuitBreaker.succeeded();
      else circuitBreaker.withdrawn();
      if (isRateLimit(error)) {
        limitedAt = performance.now();
        pause.limited(error.retryAfterSeconds);
      }
    },
    isLimited: () => performance.now() - limitedAt < limitFeltMs,
    withdraw: () => circuitBreaker.withdrawn(),
    isPaused: () => circuitBreaker.state !== 'closed' || pause.isLimiting(),
    endPauses() {
      circuitBreaker.allowProbe();
      pause.reset();
    },
  };
}
