import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler } from 'hono';

/** What a call suffers. */
export type Fault = LatencyFault | StatusFault | DropFault | HangFault | DripFault;

/** One fault, or several that take effect one after the other, each until its `times` are used up. */
export type Faults = Fault | readonly Fault[];

/** Which calls a fault hits, and how many. */
export interface FaultReach {
  /**
   * How many calls are hit before everything is as before.
   * @default every call, until the faults are set anew
   */
  readonly times?: number;
  /**
   * The calls that are hit.
   * @default 'report_task'
   */
  readonly calls?: 'report_task' | 'all';
}

/** The call waits, and is then answered as ever. */
export interface LatencyFault extends FaultReach {
  readonly kind: 'latency';
  readonly ms: number;
}

/** The call is answered with an error; nothing is stored. */
export interface StatusFault extends FaultReach {
  readonly kind: 'status';
  /** HTTP status, for instance 503. */
  readonly status: number;
  /** Further headers of the answer, for instance `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The connection is destroyed before a byte of the answer is sent. */
export interface DropFault extends FaultReach {
  readonly kind: 'drop';
  /**
   * Whether the call takes effect all the same, so that only its answer is lost.
   * @default false
   */
  readonly afterStoring?: boolean;
}

/** No answer ever comes; the connection stays open until the client or the platform closes it. */
export interface HangFault extends FaultReach {
  readonly kind: 'hang';
}

/** The call takes effect, and its answer comes byte by byte. */
export interface DripFault extends FaultReach {
  readonly kind: 'drip';
  /** Milliseconds between two bytes. */
  readonly intervalMs: number;
}

/** The faults of a running platform. */
export interface FaultSwitch {
  set(faults: Faults | undefined): void;
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>;
  /** Ends all waiting, so that the platform can close. */
  end(): void;
}

export function createFaultSwitch(initial: Faults | undefined): FaultSwitch {
  let pending: { readonly fault: Fault; left: number }[] = [];
  const closing = new AbortController();
  // Each waiting call listens; any number of them is right.
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
    end: () => closing.abort(),
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
          context.res = failure(fault);
          break;
        case 'drop':
          if (fault.afterStoring === true) {
            await next();
          }
          cutOff(context);
          break;
        case 'hang':
          await disconnected(context.env, closing.signal);
          cutOff(context);
          break;
        case 'drip':
          await next();
          context.res = await dripping(context.res, fault.intervalMs, closing.signal);
          break;
      }
    },
  };
}

function failure(fault: StatusFault): Response {
  return Response.json(
    { detail: 'Fault of the local platform, as asked for' },
    { status: fault.status, headers: { ...fault.headers } },
  );
}

function cutOff(context: Context<{ Bindings: HttpBindings }>): void {
  context.env.incoming.socket.destroy();
  // Emptied first, because Hono merges the headers of the answer that it replaces.
  context.res = undefined;
  // Tells the adapter that nothing is left to send.
  context.res = RESPONSE_ALREADY_SENT;
}

async function disconnected({ outgoing }: HttpBindings, closing: AbortSignal): Promise<void> {
  if (outgoing.closed || closing.aborted) {
    return;
  }
  await new Promise<void>((resolve) => {
    outgoing.once('close', resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function dripping(
  answer: Response,
  intervalMs: number,
  closing: AbortSignal,
): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
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
  return new Response(body, answer);
}

async function pause(ms: number, closing: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: closing }).catch(() => undefined);
}
