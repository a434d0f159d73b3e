/** A connection to Lambda's API for calls that may last as long as a freeze. */
import { readSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ApiAddress } from './extensions-api.ts';
import { type HttpAnswer, readAnswer, requestText } from './http-response.ts';
import { descriptorOf } from './socket-descriptor.ts';

export interface LambdaConnection {
  /**
   * Makes a call without a time limit. Make one call at a time: all use one connection while it
   * stays open.
   *
   * @throws the error of the connection; the next call then opens a new one
   */
  readonly call: (call: LambdaCall) => Promise<HttpAnswer>;
  /**
   * Makes a call synchronously from a process that is about to exit, and ignores the response. Does
   * nothing while another call has no response yet, because Lambda does not wait for a call then.
   */
  readonly sendBeforeExit: (call: LambdaCall) => void;
  readonly close: () => void;
}

export interface LambdaCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the call keeps the process alive until its response. @default false */
  readonly keepsAlive?: boolean;
}

/** @param connection - an open connection to use first */
export function connectToLambda({ host, port }: ApiAddress, connection?: Socket): LambdaConnection {
  let current = connection;
  /** Whether a call is in flight. */
  let isCalling = false;
  const address = { host: `${host}:${port}` };
  const open = (): Socket => {
    const socket = connect({ host, port, noDelay: true });
    // Also between two calls: an error without a listener ends the process.
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
          // The connection stays open, but does not keep the process alive after the response.
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
 * Writes immediately. Node.js would wait until its next turn to learn that the connection is open,
 * although the system opened it long before. A process that ends before that turn has then already
 * asked for its next event, and Lambda does not have to wait for it.
 */
function send(socket: Socket, text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const rest = bytes.subarray(socket.connecting ? writtenNow(socket, bytes) : 0);
  if (rest.length > 0) socket.write(rest);
}

/** @returns the number of bytes written */
function writtenNow(socket: Socket, bytes: Buffer): number {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return 0;
  try {
    return writeSync(descriptor, bytes);
  } catch {
    // The connection is not open yet after all.
    return 0;
  }
}

/** Whether a response has arrived that the event loop has not read. */
function hasAnswer(socket: Socket): boolean {
  const descriptor = descriptorOf(socket);
  if (descriptor === undefined) return false;
  try {
    return readSync(descriptor, Buffer.alloc(4_096)) > 0;
  } catch {
    // There is nothing to read.
    return false;
  }
}

function ignore(): void {}
