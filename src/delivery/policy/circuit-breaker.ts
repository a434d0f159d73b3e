import { createPauseClock } from './pause-clock.ts';

/** Keeps a platform that is down from costing every invocation its budget. */
export interface CircuitBreaker {
  /** `closed`: all may try; `open`: nobody; `half-open`: one is trying. */
  readonly state: 'closed' | 'open' | 'half-open';
  /**
   * Whether to send now. In a pause that is over one caller gets true, and is to say how it went
   * with one of the three calls below.
   */
  readonly mayTry: () => boolean;
  /** The platform answered, be it with a refusal. */
  readonly succeeded: () => void;
  /** The platform cannot be reached, or is broken. */
  readonly failed: () => void;
  /** Nothing was learned of the platform: there was no key or no time, or it was aborted. */
  readonly withdrawn: () => void;
  /** Ends a pause early: the next caller of {@link Breaker.mayTry} is a probe. */
  readonly allowProbe: () => void;
}

export interface CircuitBreakerOptions {
  /**
   * Clock in milliseconds that never goes back.
   * @default a clock that counts the time of a freeze
   */
  readonly now?: () => number;
  /**
   * From 0 to 1; spreads the probes of many environments.
   * @default Math.random
   */
  readonly random?: () => number;
}

// One failure is chance, two may be one restart behind a load balancer.
const failuresToOpen = 3;
// About as long as the retries of one delivery last: what was not over by then may be soon.
const firstPauseMs = 1_000;
// A platform that is back is noticed within five minutes; until then an environment spends one
// delivery's budget of 3 s in 300 s, 1 % of its time.
const longestPauseMs = 300_000;
// Ten times the default budget of a delivery: a probe that has not ended by then never will,
// because its invocation was frozen or killed.
const longestProbeMs = 30_000;

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number; readonly pauseMs: number }
  | { readonly kind: 'half-open'; readonly probeEnds: number; readonly pauseMs: number };

export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { now = createPauseClock(), random = Math.random } = options;
  let state: State = { kind: 'closed', failures: 0 };

  const open = (pauseMs: number): void => {
    // From half the pause on, so that environments that failed together do not probe together.
    state = { kind: 'open', until: now() + pauseMs * (0.5 + random() / 2), pauseMs };
  };

  return {
    get state() {
      return state.kind;
    },

    mayTry() {
      if (state.kind === 'closed') return true;
      const time = now();
      if (time < (state.kind === 'open' ? state.until : state.probeEnds)) return false;
      state = { kind: 'half-open', probeEnds: time + longestProbeMs, pauseMs: state.pauseMs };
      return true;
    },

    succeeded() {
      state = { kind: 'closed', failures: 0 };
    },

    failed() {
      if (state.kind === 'half-open') {
        open(Math.min(longestPauseMs, state.pauseMs * 2));
      } else if (state.kind === 'closed') {
        const failures = state.failures + 1;
        if (failures < failuresToOpen) state = { kind: 'closed', failures };
        else open(firstPauseMs);
      }
      // While it is open these are requests that began before: they say nothing new.
    },

    withdrawn() {
      if (state.kind === 'half-open') {
        state = { kind: 'open', until: now(), pauseMs: state.pauseMs };
      }
    },

    allowProbe() {
      if (state.kind !== 'closed') state = { kind: 'open', until: now(), pauseMs: state.pauseMs };
    },
  };
}
