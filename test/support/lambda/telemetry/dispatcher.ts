/** Brings events to one subscriber: in batches, again until it takes them, and bounded. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from './subscription.ts';

export interface TelemetryEvent {
  readonly time: string;
  readonly type: string;
  readonly record: unknown;
}

export interface Dispatcher {
  readonly add: (event: TelemetryEvent) => void;
  /** Nothing is sent to processes that stand still. */
  readonly pause: () => void;
  /** @param flush sends what is there now, whether a batch is full or not */
  readonly resume: (flush?: boolean) => void;
  readonly stop: () => void;
}

/** Between two attempts, doubled each time. */
const firstBackOffMs = 20;
const longestBackOffMs = 1000;

export function startDispatcher(subscription: Subscription): Dispatcher {
  const { maxItems, maxBytes, timeoutMs, url } = subscription;
  const stopped = new AbortController();
  let queue: { readonly event: TelemetryEvent; readonly bytes: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let paused = false;
  let sending = false;
  let due = false;
  let dropped = { records: 0, bytes: 0 };

  const size = (): number => queue.reduce((sum, { bytes }) => sum + bytes, 0);
  const add = (event: TelemetryEvent): void => {
    queue.push({ event, bytes: Buffer.byteLength(JSON.stringify(event)) });
    while (queue.length > 1 && size() > 2 * maxBytes) {
      const oldest = queue.shift();
      dropped = { records: dropped.records + 1, bytes: dropped.bytes + (oldest?.bytes ?? 0) };
    }
    if (queue.length >= maxItems || size() >= maxBytes) due = true;
    timer ??= setTimeout(() => {
      due = true;
      void flush();
    }, timeoutMs).unref();
    void flush();
  };
  const flush = async (): Promise<void> => {
    if (paused || sending || !due || queue.length === 0 || stopped.signal.aborted) return;
    sending = true;
    clearTimeout(timer);
    timer = undefined;
    due = false;
    const batch = queue.map(({ event }) => event);
    if (dropped.records > 0) batch.push(logsDropped(dropped));
    queue = [];
    dropped = { records: 0, bytes: 0 };
    await sendUntilTaken(url, batch, stopped.signal);
    sending = false;
    await flush();
  };
  return {
    add,
    pause: () => {
      paused = true;
    },
    resume: (now = false) => {
      paused = false;
      if (now) due = true;
      void flush();
    },
    stop: () => {
      clearTimeout(timer);
      stopped.abort();
    },
  };
}

async function sendUntilTaken(
  url: URL,
  batch: readonly TelemetryEvent[],
  stopped: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(batch);
  const headers = { 'content-type': 'application/json' };
  let backOffMs = firstBackOffMs;
  while (!stopped.aborted) {
    // Without a limit: a subscriber that is frozen meanwhile answers when it goes on.
    const taken = await fetch(url, { method: 'POST', body, headers, signal: stopped }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    if (taken) return;
    await sleep(backOffMs, undefined, { signal: stopped, ref: false }).catch(() => {});
    backOffMs = Math.min(2 * backOffMs, longestBackOffMs);
  }
}

function logsDropped({ records, bytes }: { records: number; bytes: number }): TelemetryEvent {
  const reason = 'Some logs were dropped because the downstream consumer is slower than the logs.';
  const record = { droppedRecords: records, droppedBytes: bytes, reason };
  return { time: new Date().toISOString(), type: 'platform.logsDropped', record };
}
