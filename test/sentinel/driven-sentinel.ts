/** The sentinel's process, driven faster than an environment could: with a Lambda that is none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BuiltSentinel } from './guarded-function.ts';

export interface DrivenSentinel {
  readonly process: ChildProcess;
  /** The folder that it shares with the function. */
  readonly folder: string;
  readonly output: readonly string[];
  /** What the process holds, in MB. */
  readonly residentMb: () => number;
  /** Resolves when the sentinel has asked for an event. */
  readonly asked: () => Promise<void>;
  readonly send: (event: object) => void;
}

export async function driveSentinel(
  sentinel: BuiltSentinel,
  environment: Readonly<Record<string, string>>,
): Promise<DrivenSentinel> {
  const tmp = await mkdtemp(join(tmpdir(), 'driven-'));
  let poll: ServerResponse | undefined;
  let tell = (): void => undefined;
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('lambda-extension-identifier', randomUUID());
    if (request.method === 'GET') {
      poll = response;
      tell();
    } else {
      // Of telemetry nothing is sent: the reports say when they are over.
      response.writeHead(request.method === 'PUT' ? 202 : 200).end('{}');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(join(sentinel.extensions, 'xpander-sentinel'), {
    env: {
      PATH: process.env['PATH'],
      TMPDIR: tmp,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: 'driven',
      ...environment,
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void output.push(text));
  }
  onTestFinished(async () => {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
    await rm(tmp, { recursive: true, force: true });
  });
  return {
    process: child,
    folder: join(tmp, 'xpander-lambda'),
    output,
    residentMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
    },
    async asked() {
      if (poll !== undefined) return;
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    },
    send(event) {
      const answered = poll;
      poll = undefined;
      answered?.end(JSON.stringify(event));
    },
  };
}
