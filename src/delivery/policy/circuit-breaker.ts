import { createPauseClock } from './pause-clock.ts';

/** Prevents a platform that is down from costing every invocation its delivery budget. */
export interface CircuitBreaker {
  /** `closed`: all sends are allowed; `open`: none; `half-open`: one probe is in flight. */
  readonly state: 'closed' | 'open' | 'half-open';
  /**
   * Whether to send now. After a pause one caller gets true for a probe. Report the result of every
   * send that was allowed with one of the three functions below.
   */
  readonly mayTry: () => boolean;
  /** The platform responded, even if it refused the request. */
  readonly succeeded: () => void;
  /** The platform cannot be reached, or is broken. */
  readonly failed: () => void;
  /** The state of the platform is unknown: there was no key or no time, or the send was aborted. */
  readonly withdrawn: () => void;
  /** Ends a pause early: the next caller of {@link CircuitBreaker.mayTry} sends a probe. */
  readonly allowProbe: () => void;
}

export interface CircuitBreakerOptions {
  /**
   * Clock in milliseconds that never goes back.
   * @default a clock that includes the time of a freeze
   */
  readonly now?: () => number;
  /**
   * From 0 to 1; spreads the probes of many environments.
   * @default Math.random
   */
  readonly random?: () => number;
}

// One failure may be chance, and two may be one restart behind a load balancer.
const failuresToOpen = 3;
// About as long as the retries of one delivery: an outage that outlasts them may still end soon.
const firstPauseMs = 1_000;
// The end of an outage is detected within five minutes. Until then an environment spends the budget
// of one delivery, 3 s, in 300 s: 1 % of its time.
const longestPauseMs = 300_000;
// Ten times the default budget of a delivery. A probe that has not ended by then never will,
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
    // Between half and all of the pause, so that environments that failed together probe apart.
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
      // While it is open, failures are of requests that began earlier and add no information.
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
