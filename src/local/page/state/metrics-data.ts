/** The metrics of the selected time range, reloaded after new reports. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Metrics } from '../../wire/page-data.ts';
import { connection, onLiveEvents } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { type TimeRange, timeLimits } from './time-range.ts';

export type MetricsState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded'; readonly metrics: Metrics }
  | { readonly kind: 'failed'; readonly error: PageRequestError };

export interface MetricsQuery {
  readonly range: TimeRange;
  readonly agent: string | null;
}

// Limits the load of a burst of reports.
const throttleMs = 2000;
// Moves the time range forward without reports.
const refreshMs = 30_000;
const allTimeStart = '1970-01-01T00:00:00.000Z';

const state = signal<MetricsState>({ kind: 'loading' });

export const metricsState: ReadonlySignal<MetricsState> = state;

/** Keeps the metrics up to date. Returns a function that stops it. */
export function syncMetrics(query: MetricsQuery): () => void {
  let request = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = async (): Promise<void> => {
    timer = undefined;
    request.abort();
    request = new AbortController();
    const { signal: abortSignal } = request;
    try {
      const metrics = await requestMetrics(query, abortSignal);
      if (!abortSignal.aborted) state.value = { kind: 'loaded', metrics };
    } catch (error) {
      if (abortSignal.aborted || !(error instanceof PageRequestError)) return;
      // Shows an error response, but keeps the metrics while the server is unreachable.
      if (state.value.kind !== 'loaded' || error.status !== null)
        state.value = { kind: 'failed', error };
    }
  };
  const scheduleLoad = (): void => {
    timer ??= setTimeout(load, throttleMs);
  };
  const unsubscribe = onLiveEvents({ onTask: scheduleLoad, onReady: scheduleLoad });
  const refresh = setInterval(() => {
    if (document.visibilityState === 'visible' && connection.peek().kind === 'live') scheduleLoad();
  }, refreshMs);
  void load();
  return () => {
    unsubscribe();
    clearTimeout(timer);
    clearInterval(refresh);
    request.abort();
  };
}

async function requestMetrics(
  { range, agent }: MetricsQuery,
  abortSignal: AbortSignal,
): Promise<Metrics> {
  const { from = allTimeStart, to } = timeLimits(range, Date.now());
  return await requestJson<Metrics>(
    '/page/metrics',
    { from, to, agent: agent ?? undefined },
    abortSignal,
  );
}
