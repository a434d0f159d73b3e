/** The metrics of the chosen time, asked for again as reports come in. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Metrics } from '../../wire/page-data.ts';
import { connection, listenLive } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { type TimeRange, timeLimits } from './time-range.ts';

export type MetricsState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly metrics: Metrics }
  | { readonly kind: 'failed'; readonly error: PageRequestError };

/** What to ask for. */
export interface MetricsQuestion {
  readonly range: TimeRange;
  readonly agent: string | null;
}

// Long enough that a burst of reports costs the server little, short enough to be called live.
const throttleMs = 2000;
// Time passes without reports, too.
const refreshMs = 30_000;
const beginning = '1970-01-01T00:00:00.000Z';

const state = signal<MetricsState>({ kind: 'loading' });

export const metricsState: ReadonlySignal<MetricsState> = state;

/** Keeps the metrics up to date until what it returns is called. */
export function followMetrics(question: MetricsQuestion): () => void {
  let request = new AbortController();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const load = async (): Promise<void> => {
    waiting = undefined;
    request.abort();
    request = new AbortController();
    const { signal: ended } = request;
    try {
      const metrics = await requestMetrics(question, ended);
      if (!ended.aborted) state.value = { kind: 'loaded', metrics };
    } catch (error) {
      if (ended.aborted || !(error instanceof PageRequestError)) return;
      // An answer that refuses the time says so; a server that is gone leaves what is shown.
      if (state.value.kind !== 'loaded' || error.status !== null)
        state.value = { kind: 'failed', error };
    }
  };
  const loadSoon = (): void => {
    waiting ??= setTimeout(load, throttleMs);
  };
  const ended = listenLive({ onTask: loadSoon, onReady: loadSoon });
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && connection.peek().kind === 'live') loadSoon();
  }, refreshMs);
  void load();
  return () => {
    ended();
    clearTimeout(waiting);
    clearInterval(timer);
    request.abort();
  };
}

async function requestMetrics(
  { range, agent }: MetricsQuestion,
  ended: AbortSignal,
): Promise<Metrics> {
  const { from = beginning, to } = timeLimits(range, Date.now());
  return await requestJson<Metrics>(
    '/page/metrics',
    { from, to, agent: agent ?? undefined },
    ended,
  );
}
