/** A proxy before the platform, for one environment: it spoils calls, and remembers each. */

import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Interval } from '../support/lambda/interval.ts';
import type { Spoil } from './weather.ts';

/** A call of the environment, with times of `performance.now()`. */
export interface Call {
  /** The position among all calls of all proxies. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly spoil: Spoil;
  readonly fromMs: number;
  /** When the platform was done with it, if it got it. */
  storedMs: number | undefined;
  /** What the platform answered. */
  status: number | undefined;
  /** When its sender was done with it. */
  toMs: number;
  /** When the whole answer of the platform was sent, and when the connection was closed after it. */
  answeredMs: number | undefined;
  closedMs: number | undefined;
}

export interface FaultyProxy extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly Call[];
  /** When no connection could be made. */
  readonly outages: readonly Interval[];
  /** Spoils nothing any more, or everything. */
  readonly settle: (spoil: Spoil) => Promise<void>;
}

let count = 0;

/** @param next - what becomes of the next call */
export async function startFaultyProxy(
  platformUrl: string,
  next: () => Spoil,
): Promise<FaultyProxy> {
  const calls: Call[] = [];
  const outages: Interval[] = [];
  const target = new URL(platformUrl);
  let settled: Spoil | undefined;
  let server = createServer(take);
  const port = await listen(server, 0);
  let closing: Promise<unknown> = Promise.resolve();

  async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const call = startCall(incoming, settled ?? next());
    calls.push(call);
    outgoing.once('close', () => {
      call.toMs = Math.min(call.toMs, performance.now());
    });
    // Whoever went away needs no answer.
    await answer(call, incoming, outgoing).catch(() => outgoing.destroy());
  }

  async function answer(call: Call, incoming: IncomingMessage, outgoing: ServerResponse) {
    const { spoil } = call;
    if (spoil.kind === 'refuse') refuseFor(spoil.ms);
    if (spoil.kind === 'refuse' || spoil.kind === 'resetFirst') {
      incoming.socket.resetAndDestroy();
      return;
    }
    const body = await buffer(incoming);
    Object.assign(call, { body: body.toString() });
    if (spoil.kind === 'hang') return;
    if (spoil.kind === 'status') {
      outgoing.writeHead(spoil.status, spoil.headers).end('{"detail":"Out of order"}');
      return;
    }
    if (spoil.kind === 'delay') await sleep(spoil.ms);
    const { status, headers, text } = await forward(target, incoming, body);
    Object.assign(call, { status, storedMs: performance.now() });
    switch (spoil.kind) {
      case 'resetLast':
        incoming.socket.resetAndDestroy();
        return;
      case 'dropAnswer':
        return;
      case 'cut':
        outgoing.writeHead(status, headers).write(text.subarray(0, text.length >> 1));
        await sleep(1);
        incoming.socket.resetAndDestroy();
        return;
      case 'trickle':
        outgoing.writeHead(status, headers);
        for (const byte of text) {
          await sleep(spoil.intervalMs);
          if (outgoing.destroyed) return;
          outgoing.write(Uint8Array.of(byte));
        }
        outgoing.end();
        break;
      default:
        outgoing.writeHead(status, headers).end(text);
    }
    if (outgoing.destroyed) return;
    call.answeredMs = performance.now();
    incoming.socket.once('close', () => {
      call.closedMs ??= performance.now();
    });
  }

  function refuseFor(ms: number): void {
    const old = server;
    server = createServer(take);
    const reopened = server;
    const fromMs = performance.now();
    old.close();
    closing = sleep(ms).then(async () => {
      await listen(reopened, port);
      outages.push({ fromMs, toMs: performance.now() });
    });
    // Connections that it has are gone as well.
    old.closeAllConnections();
  }

  const stop = async (): Promise<void> => {
    await closing;
    server.close();
    server.closeAllConnections();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    outages,
    settle: async (spoil) => {
      settled = spoil;
      await closing;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** A sender that gives up at that moment closes the connection; others keep it for a while. */
const givesUpWithinMs = 1_000;

/** Whether the sender of a call had its whole answer. */
export function isAnswered({ answeredMs, closedMs = Number.POSITIVE_INFINITY }: Call): boolean {
  return answeredMs !== undefined && closedMs - answeredMs > givesUpWithinMs;
}

function startCall({ method = '', url = '' }: IncomingMessage, spoil: Spoil): Call {
  count += 1;
  return {
    number: count,
    method,
    path: url,
    body: '',
    spoil,
    fromMs: performance.now(),
    storedMs: undefined,
    status: undefined,
    toMs: Number.POSITIVE_INFINITY,
    answeredMs: undefined,
    closedMs: undefined,
  };
}

interface Forwarded {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: Buffer;
}

async function forward(
  target: URL,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Forwarded> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: target.hostname, port: target.port, method, path: url, headers }, resolve)
      .once('error', reject)
      .end(body);
  });
  const { connection: _, 'transfer-encoding': __, ...kept } = response.headers;
  return { status: response.statusCode ?? 0, headers: kept, text: await buffer(response) };
}

/** The port may be somebody's for a moment. */
async function listen(server: Server, port: number): Promise<number> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isOpen) return (server.address() as AddressInfo).port;
    await sleep(20);
  }
}
