/** Decides whether a request to the platform is worth making now. */

import { createCircuitBreaker } from './circuit-breaker.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { isRateLimit, policyFor } from './error-policy.ts';
import { createRateLimiter } from './rate-limiter.ts';

export interface SendPolicy {
  /** Whether to send now. Call `ended()` after every send that was allowed. */
  readonly mayTry: () => boolean;
  readonly ended: (result: DeliveryResult) => void;
  /** Whether the platform has refused a request recently because of its rate limit. */
  readonly isLimited: () => boolean;
  /** Call this instead of `ended()` if an allowed send is not made. */
  readonly withdraw: () => void;
  /** Whether the platform is known to be down, or its rate limit slows this process down. */
  readonly isPaused: () => boolean;
  /** Ends all pauses, so that one request can check the current state of the platform. */
  readonly endPauses: () => void;
}

// Ten times the minute that the rate limit counts.
const limitFeltMs = 600_000;

/** Shared by all sends of a process to one destination, so that they back off together. */
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
      // Without a request the state of the platform is unknown: there was no key, or no time.
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
