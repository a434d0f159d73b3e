/** The stream of reports as they are accepted, taken up again whenever it breaks. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { TaskRow } from '../../wire/page-data.ts';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Since when, in milliseconds of `Date.now()`. */
  | { readonly kind: 'lost'; readonly sinceMs: number };

export interface LiveListener {
  /** A report was accepted. */
  readonly onTask: (row: TaskRow) => void;
  /** The stream begins, or begins again: what came meanwhile is to be fetched. */
  readonly onReady: () => void;
}

const firstRetryMs = 500;
const lastRetryMs = 10_000;
// A browser opens few connections to one server: pages that nobody looks at give theirs back.
const hiddenMs = 60_000;

const state = signal<Connection>({ kind: 'connecting' });
const listeners = new Set<LiveListener>();
let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let retryMs = firstRetryMs;

export const connection: ReadonlySignal<Connection> = state;

/** Returns what ends it. */
export function listenLive(listener: LiveListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Connects, and stays connected as long as the page is looked at. */
export function goLive(): void {
  let hidden: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.visibilityState === 'hidden') hidden = setTimeout(pause, hiddenMs);
    else if (source === null) connect();
  });
  addEventListener('online', connect);
  // A page that is kept for "back" holds no connection.
  addEventListener('pagehide', pause);
  addEventListener('pageshow', (event) => {
    if (event.persisted) connect();
  });
  connect();
}

/** Tries again at once. */
export function connect(): void {
  close();
  const opened = new EventSource('/page/events');
  source = opened;
  opened.addEventListener('ready', () => {
    retryMs = firstRetryMs;
    state.value = { kind: 'live' };
    for (const { onReady } of listeners) onReady();
  });
  opened.addEventListener('task', (event: MessageEvent<string>) => {
    const row: TaskRow = JSON.parse(event.data);
    for (const { onTask } of listeners) onTask(row);
  });
  // The browser's own retry gives up for good on an answer such as 503.
  opened.addEventListener('error', () => {
    if (source !== opened) return;
    close();
    if (state.value.kind !== 'lost') state.value = { kind: 'lost', sinceMs: Date.now() };
    retry = setTimeout(connect, retryMs * (0.8 + Math.random() * 0.4));
    retryMs = Math.min(lastRetryMs, retryMs * 2);
  });
}

function pause(): void {
  close();
  if (state.value.kind === 'live') state.value = { kind: 'connecting' };
}

function close(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
}
