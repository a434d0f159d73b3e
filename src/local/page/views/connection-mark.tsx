/** Whether the page is live; a banner when it is not. */
import type { JSX } from 'preact';
import { nowMs } from '../state/clock-tick.ts';
import { connect, connection } from '../state/live-events.ts';

// A server that restarts is back sooner.
const quietMs = 1200;

export function ConnectionMark(): JSX.Element {
  const { kind } = connection.value;
  const text = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' }[kind];
  return (
    <span class={`connection ${kind}`}>
      <span class="dot" aria-hidden="true" />
      <span class="connection-text">{text}</span>
    </span>
  );
}

export function ConnectionBanner(): JSX.Element {
  const state = connection.value;
  const isShown = state.kind === 'lost' && nowMs.value - state.sinceMs > quietMs;
  return (
    <div role="alert">
      {isShown ? (
        <div class="banner">
          <span>
            The local platform at <bdi>{location.host}</bdi> does not answer. What is shown may be
            out of date.
          </span>
          <button type="button" class="quiet" onClick={connect}>
            Try now
          </button>
        </div>
      ) : null}
    </div>
  );
}
