/** The connection state, and a banner if the connection is lost. */
import type { JSX } from 'preact';
import { nowMs } from '../state/clock.ts';
import { connect, connection } from '../state/live-events.ts';

// A restarting server is usually back sooner.
const bannerDelayMs = 1200;

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
  const isShown = state.kind === 'lost' && nowMs.value - state.sinceMs > bannerDelayMs;
  return (
    <div role="alert">
      {isShown ? (
        <div class="banner">
          <span>
            The local platform at <bdi>{location.host}</bdi> does not respond. This page may be out
            of date.
          </span>
          <button type="button" class="quiet" onClick={connect}>
            Try now
          </button>
        </div>
      ) : null}
    </div>
  );
}
