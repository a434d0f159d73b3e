import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';

/** A simulated failure of a request. */
export type Fault = LatencyFault | StatusFault | DropFault | HangFault | DripFault;

/** One fault, or a sequence of faults. Each one is used `times` times before the next one. */
export type Faults = Fault | readonly Fault[];

/** Which requests a fault affects, and how many. */
export interface FaultReach {
  /**
   * The number of affected requests.
   * @default unlimited, until the faults are replaced
   */
  readonly times?: number;
  /**
   * The affected requests.
   * @default 'report_task'
   */
  readonly calls?: 'report_task' | 'all';
}

/** Delays the request and then handles it normally. */
export interface LatencyFault extends FaultReach {
  readonly kind: 'latency';
  readonly ms: number;
}

/** Responds with an error and stores nothing. */
export interface StatusFault extends FaultReach {
  readonly kind: 'status';
  /** HTTP status, for instance 503. */
  readonly status: number;
  /** Additional response headers, for instance `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Destroys the connection before the response is sent. */
export interface DropFault extends FaultReach {
  readonly kind: 'drop';
  /**
   * Whether the request is handled, so that only its response is lost.
   * @default false
   */
  readonly afterStoring?: boolean;
}

/** Never responds. The connection stays open until the client or the platform closes it. */
export interface HangFault extends FaultReach {
  readonly kind: 'hang';
}

/** Handles the request and sends the response byte by byte. */
export interface DripFault extends FaultReach {
  readonly kind: 'drip';
  /** Milliseconds between two bytes. */
  readonly intervalMs: number;
}

/** Injects faults into a running platform. */
export interface FaultInjector {
  set(faults: Faults | undefined): void;
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>;
  /** Ends all delays, so that the platform can close. */
  stop(): void;
}

export function createFaultInjector(initial: Faults | undefined): FaultInjector {
  let pending: { readonly fault: Fault; left: number }[] = [];
  const closing = new AbortController();
  // Every delayed request adds a listener.
  setMaxListeners(0, closing.signal);

  function set(faults: Faults | undefined): void {
    const list = faults === undefined ? [] : [faults].flat();
    pending = list.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  function take(context: Context): Fault | undefined {
    const isReport = context.req.method === 'POST' && context.req.path.endsWith('/report_task');
    const entry = pending.find(
      ({ fault, left }) => left > 0 && (isReport || fault.calls === 'all'),
    );
    if (entry !== undefined) {
      entry.left -= 1;
    }
    return entry?.fault;
  }

  set(initial);
  return {
    set,
    stop: () => closing.abort(),
    async middleware(context, next) {
      const fault = take(context);
      switch (fault?.kind) {
        case undefined:
          await next();
          break;
        case 'latency':
          await pause(fault.ms, closing.signal);
          await next();
          break;
        case 'status':
          context.res = errorResponse(fault);
          break;
        case 'drop':
          if (fault.afterStoring === true) {
            await next();
          }
          disconnect(context);
          break;
        case 'hang':
          await waitForDisconnect(context.env, closing.signal);
          disconnect(context);
          break;
        case 'drip':
          await next();
          context.res = await dripResponse(context.res, fault.intervalMs, closing.signal);
          break;
      }
    },
  };
}

function errorResponse(fault: StatusFault): Response {
  return Response.json(
    { detail: 'Fault injected by the local platform' },
    { status: fault.status, headers: { ...fault.headers } },
  );
}

function disconnect(context: Context<{ Bindings: HttpBindings }>): void {
  context.env.incoming.socket.destroy();
  // Cleared first because Hono merges the headers of a replaced response.
  context.res = undefined;
  context.res = RESPONSE_ALREADY_SENT;
}

async function waitForDisconnect({ outgoing }: HttpBindings, closing: AbortSignal): Promise<void> {
  if (outgoing.closed || closing.aborted) {
    return;
  }
  await new Promise<void>((resolve) => {
    outgoing.once('close', resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function dripResponse(
  response: Response,
  intervalMs: number,
  closing: AbortSignal,
): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await pause(intervalMs, closing);
      controller.enqueue(bytes.subarray(sent, ++sent));
      if (sent >= bytes.length) {
        controller.close();
      }
    },
  });
  return new Response(body, response);
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: closing }).catch(() => undefined);
}
