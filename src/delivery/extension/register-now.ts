/** Registers without a turn of the event loop. */
import { readSync, writeSync } from 'node:fs';
import { isIPv4, Socket } from 'node:net';
import { monotonicMs } from '../../clock.ts';
import {
  type ApiAddress,
  type Registration,
  readRegistration,
  registerBody,
  registerHeaders,
  registerPath,
} from './extensions-api.ts';
import { readAnswer, requestText } from './http-answer.ts';
import { descriptorOf } from './socket-descriptor.ts';

// Lambda answers within a millisecond. A machine that is busy may take longer, and then the
// answer is waited for beside the loading module: what counts is that it was asked in time.
const longestWaitMs = 100;
const napMs = 0.1;

/**
 * Registers before it returns. After a CommonJS module has been evaluated the runtime asks for its
 * first event without another turn of the event loop, and that closes the registration; a promise
 * would come too late.
 *
 * The socket is Node's own; its descriptor is written and read like a file's. The system has the
 * connection established when `connect` returns, as both ends are on this machine.
 *
 * @returns undefined where this cannot be done
 */
export function registerNow(address: ApiAddress): RegisteredNow | undefined {
  const host = address.host === 'localhost' ? '127.0.0.1' : address.host;
  if (!isIPv4(host)) return undefined;
  const socket = connectNow(host, address.port);
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) {
    socket.destroy();
    return undefined;
  }
  const exchange = { socket, descriptor, deadline: monotonicMs() + longestWaitMs, received: '' };
  const request = requestText(
    'POST',
    registerPath,
    { host: `${address.host}:${address.port}`, ...registerHeaders },
    registerBody,
  );
  return { socket, registration: exchangeNow(exchange, request) };
}

export interface RegisteredNow {
  /** A promise where the answer takes too long. */
  readonly registration: Registration | Promise<Registration>;
  /** The connection, for the calls that follow. */
  readonly socket: Socket;
}

function exchangeNow(exchange: Exchange, request: string): Registration | Promise<Registration> {
  try {
    if (!write(exchange, Buffer.from(request))) return { kind: 'refused', reason: 'no connection' };
    return read(exchange) ?? readLater(exchange);
  } catch (error) {
    return { kind: 'refused', reason: codeOf(error) };
  }
}

/**
 * Connects before it returns. Node leaves that to the next tick, which is this one here. (A lookup
 * that answers at once does the same, and makes Node compile its pattern of IPv6 addresses: 5 to
 * 10 ms of every cold start.)
 */
function connectNow(host: string, port: number): Socket {
  const socket = new Socket();
  // What goes wrong is seen by reading; unheard it would end the process.
  socket.on('error', ignore);
  socket.setEncoding('latin1');
  const { nextTick } = process;
  process.nextTick = (callback, ...parameters: unknown[]) => callback(...parameters);
  try {
    socket.connect({ host, port });
  } finally {
    process.nextTick = nextTick;
  }
  // A process that has nothing else to do is not kept alive by this.
  return socket.unref().setNoDelay();
}

interface Exchange {
  readonly socket: Socket;
  readonly descriptor: number;
  readonly deadline: number;
  received: string;
}

/** @returns whether it was written in time; all of it at once, it is far below any buffer */
function write({ descriptor, deadline }: Exchange, bytes: Buffer): boolean {
  return whenReady(deadline, () => writeSync(descriptor, bytes)) !== undefined;
}

/** @returns undefined when the answer is not there in time */
function read(exchange: Exchange): Registration | undefined {
  const buffer = Buffer.alloc(4_096);
  for (;;) {
    const bytes = whenReady(exchange.deadline, () => readSync(exchange.descriptor, buffer));
    if (bytes === undefined) return undefined;
    exchange.received += buffer.toString('latin1', 0, bytes);
    const registration = parse(exchange.received, bytes === 0);
    if (registration !== undefined) return registration;
  }
}

/** Tries a call on a socket that does not block, until it is ready or the time is over. */
function whenReady(deadline: number, call: () => number): number | undefined {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'EAGAIN' && code !== 'ENOTCONN') throw error;
      if (monotonicMs() > deadline) return undefined;
      Atomics.wait(nap, 0, 0, napMs);
    }
  }
}

const nap = new Int32Array(new SharedArrayBuffer(4));

function readLater({ socket, received }: Exchange): Promise<Registration> {
  let text = received;
  return new Promise((resolve) => {
    const settle = (isOver: boolean): void => {
      const registration = parse(text, isOver);
      if (registration === undefined) return;
      socket.off('data', hear).off('close', close);
      resolve(registration);
    };
    const hear = (part: string): void => {
      text += part;
      settle(false);
    };
    const close = (): void => settle(true);
    socket.on('data', hear).on('close', close);
  });
}

/** @param isOver - whether this is all that will come */
function parse(received: string, isOver: boolean): Registration | undefined {
  const answer = readAnswer(received, isOver);
  if (answer !== undefined) return readRegistration(answer);
  return isOver ? { kind: 'refused', reason: 'no answer' } : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unreadable error';
}

function ignore(): void {}
