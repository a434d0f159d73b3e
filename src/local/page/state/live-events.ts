/** The event stream of accepted reports, with automatic reconnection. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { TaskRow } from '../../wire/page-data.ts';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `sinceMs`: time of the disconnection, in milliseconds of `Date.now()`. */
  | { readonly kind: 'lost'; readonly sinceMs: number };

export interface LiveEventListener {
  /** Called for each accepted report. */
  readonly onTask: (row: TaskRow) => void;
  /** Called on connection and reconnection. Reports before it may have been missed. */
  readonly onReady: () => void;
}

const minRetryMs = 500;
const maxRetryMs = 10_000;
// Browsers limit the connections per server, so hidden pages disconnect after this time.
const hiddenTimeoutMs = 60_000;

const state = signal<Connection>({ kind: 'connecting' });
const listeners = new Set<LiveEventListener>();
let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let retryMs = minRetryMs;

export const connection: ReadonlySignal<Connection> = state;

/** Adds a listener. Returns a function that removes it. */
export function onLiveEvents(listener: LiveEventListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Connects and stays connected while the page is visible. */
export function startLiveEvents(): void {
  let hidden: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.visibilityState === 'hidden') hidden = setTimeout(pause, hiddenTimeoutMs);
    else if (source === null) connect();
  });
  addEventListener('online', connect);
  // A page in the back/forward cache must not hold a connection.
  addEventListener('pagehide', pause);
  addEventListener('pageshow', (event) => {
    if (event.persisted) connect();
  });
  connect();
}

/** Connects immediately. */
export function connect(): void {
  close();
  const opened = new EventSource('/page/events');
  source = opened;
  opened.addEventListener('ready', () => {
    retryMs = minRetryMs;
    state.value = { kind: 'live' };
    for (const { onReady } of listeners) onReady();
  });
  opened.addEventListener('task', (event: MessageEvent<string>) => {
    const row: TaskRow = JSON.parse(event.data);
    for (const { onTask } of listeners) onTask(row);
  });
  // The browser's own reconnection stops permanently after a response such as 503.
  opened.addEventListener('error', () => {
    if (source !== opened) return;
    close();
    if (state.value.kind !== 'lost') state.value = { kind: 'lost', sinceMs: Date.now() };
    retry = setTimeout(connect, retryMs * (0.8 + Math.random() * 0.4));
    retryMs = Math.min(maxRetryMs, retryMs * 2);
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
