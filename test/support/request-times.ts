/** When requests to servers of this process were open, whoever sent them. */
import { type Channel, channel } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Interval } from './lambda/interval.ts';

export interface RequestTimes extends Disposable {
  /** One for each request, until now where it is still open. */
  readonly intervals: () => Interval[];
}

interface Started {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const started: Channel = channel('http.server.request.start');

/** @param urls - of the servers */
export function watchRequests(...urls: readonly string[]): RequestTimes {
  const ports = urls.map((url) => Number(new URL(url).port));
  const seen: { readonly fromMs: number; toMs?: number }[] = [];
  const onStart = (message: unknown): void => {
    const { request, response } = message as Started;
    const { port } = request.socket.address() as AddressInfo;
    if (!ports.includes(port)) return;
    const entry: (typeof seen)[number] = { fromMs: performance.now() };
    seen.push(entry);
    response.once('close', () => {
      entry.toMs = performance.now();
    });
  };
  started.subscribe(onStart);
  return {
    intervals: () => seen.map(({ fromMs, toMs = performance.now() }) => ({ fromMs, toMs })),
    [Symbol.dispose]: () => void started.unsubscribe(onStart),
  };
}
