/** A connection to Lambda's API for calls that may take as long as a freeze. */
import { readSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ApiAddress } from './extensions-api.ts';
import { type HttpAnswer, readAnswer, requestText } from './http-response.ts';
import { descriptorOf } from './socket-descriptor.ts';

export interface LambdaConnection {
  /**
   * Makes a call, one after the other, on one connection as long as it holds. There is no time
   * limit anywhere.
   *
   * @throws the error of the connection; after it the next call makes a new one
   */
  readonly call: (call: LambdaCall) => Promise<HttpAnswer>;
  /**
   * Makes a call from a process that is about to exit, where Lambda waits for one: before it reads
   * an answer it makes no other call. Synchronous; the answer is for nobody.
   */
  readonly sendBeforeExit: (call: LambdaCall) => void;
  /** There is nothing more to say. */
  readonly close: () => void;
}

export interface LambdaCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether a process that has nothing else to do waits for the answer. @default false */
  readonly keepsAlive?: boolean;
}

/** @param connection - one that is open already */
export function connectToLambda({ host, port }: ApiAddress, connection?: Socket): LambdaConnection {
  let current = connection;
  /** Whether a call has not been answered. */
  let isCalling = false;
  const address = { host: `${host}:${port}` };
  const open = (): Socket => {
    const socket = connect({ host, port, noDelay: true });
    // Between two calls as well: an error that nobody hears ends the process.
    socket.on('error', ignore);
    socket.setEncoding('latin1');
    return socket;
  };

  return {
    close: () => current?.destroy(),
    sendBeforeExit({ method, path, headers, body }) {
      if (current === undefined || (isCalling && !hasAnswer(current))) return;
      writtenNow(current, Buffer.from(requestText(method, path, { ...address, ...headers }, body)));
    },
    call: ({ method, path, headers, body, keepsAlive = false }) =>
      new Promise((resolve, reject) => {
        const socket = current?.writable ? current : open();
        current = socket;
        let received = '';
        isCalling = true;
        const settle = (isOver: boolean): boolean => {
          const answer = readAnswer(received, isOver);
          if (answer === undefined) return false;
          stop();
          if (answer.header('connection')?.toLowerCase() === 'close') socket.destroy();
          resolve(answer);
          return true;
        };
        const hear = (text: string): void => {
          received += text;
          settle(false);
        };
        const fail = (error: Error): void => {
          stop();
          socket.destroy();
          reject(error);
        };
        const close = (): void => {
          if (!settle(true)) fail(new Error('The connection was closed.'));
        };
        const stop = (): void => {
          isCalling = false;
          socket.off('data', hear).off('error', fail).off('close', close);
          // It stays open: a process that has heard its answer need not wait for its end.
          socket.unref();
        };
        socket.on('data', hear).on('error', fail).on('close', close);
        if (keepsAlive) socket.ref();
        else socket.unref();
        send(socket, requestText(method, path, { ...address, ...headers }, body));
      }),
  };
}

/**
 * Writes at once where Node would wait for its next turn to hear that a connection stands which the
 * system has had for long. A process that ends before that turn has then asked for its next event,
 * and Lambda need not wait for it.
 */
function send(socket: Socket, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const rest = bytes.subarray(socket.connecting ? writtenNow(socket, bytes) : 0);
  if (rest.length > 0) socket.write(rest);
}

/** @returns how many bytes */
function writtenNow(socket: Socket, bytes: Buffer): number {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return 0;
  try {
    return writeSync(descriptor, bytes);
  } catch {
    // Not connected yet, after all.
    return 0;
  }
}

/** Whether an answer has come that the event loop has not read. */
function hasAnswer(socket: Socket): boolean {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return false;
  try {
    return readSync(descriptor, Buffer.alloc(4_096)) > 0;
  } catch {
    // Nothing to read.
    return false;
  }
}

function ignore(): void {}
