/** Runs a handler in Lambda's real runtime client under AWS's Runtime Interface Emulator. */

import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { functionEnvironment, runtimeCommand } from '../lambda/function-environment.ts';
import { mergeLayers } from '../lambda/merged-layers.ts';
import { ensureRuntimeClient } from '../runtime-client/runtime-client.ts';
import { ensureRie } from './ensure-rie.ts';
import { withOpt } from './private-opt.ts';
import { type ApiCall, readApiCall, readInvokeStart } from './rie-log.ts';
import { type RieProcess, startRieProcess } from './rie-process.ts';

export interface RieOptions {
  /** As in the function's configuration: `file.export`, without the suffix. */
  readonly handler: string;
  /** The function's folder, in Lambda `/var/task`. */
  readonly taskRoot: string;
  /** The function's environment variables. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Folders of layers, which make `/opt` as Lambda makes it: merged in this order, a later file in
   * place of an earlier one. Only the emulator and what it starts see that `/opt`.
   *
   * @default none: this machine's own `/opt`
   */
  readonly layers?: readonly string[];
  /** The function's timeout in seconds, as the emulator takes it. @default 10 */
  readonly timeoutSeconds?: number;
  /** Flags for Node.js beside those of the runtime. @default none */
  readonly nodeArguments?: readonly string[];
}

/** What comes of an invocation. */
export interface RieAnswer {
  readonly requestId: string;
  /** 200 also after an error or a timeout; 502 when the function's process ended. */
  readonly status: number;
  readonly body: string;
  /**
   * From handing out the event until the runtime posted its answer, in milliseconds: in Lambda the
   * caller has it then. Undefined when it posted none.
   */
  readonly answeredMs: number | undefined;
  /**
   * From sending the event until the emulator answered, in milliseconds: unlike Lambda it waits
   * until runtime and extensions asked for the next event.
   */
  readonly doneMs: number;
  /** What the function and its extensions asked of the emulator meanwhile, in order. */
  readonly calls: readonly ApiCall[];
}

export interface Rie extends AsyncDisposable {
  /**
   * One event at a time. The first one starts the function.
   *
   * @param event sent as JSON
   */
  readonly invoke: (event: unknown) => Promise<RieAnswer>;
  /** Every line since the start: the emulator's own and the function's. */
  readonly logs: readonly string[];
  /** The folder that stands for `/tmp`. */
  readonly tmp: string;
  /** Shuts the environment down as when Lambda takes it away. Can be called again. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the emulator, and no function yet.
 *
 * @example
 * await using rie = await startRie({ handler: 'agent.handler', taskRoot: functions });
 * const answer = await rie.invoke({ question: 'why?' });
 *
 * @throws Error where there is no emulator, or no way to give it layers
 */
export async function startRie(options: RieOptions): Promise<Rie> {
  const { layers = [] } = options;
  const rie = await ensureRie({ withLayers: layers.length > 0 });
  if (rie.kind === 'missing') throw new Error(`There is no emulator: ${rie.reason}.`);
  const client = await ensureRuntimeClient();
  const [runtimeApi, invokeApi] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
  const tmp = await mkdtemp(join(tmpdir(), 'rie-'));
  const configuration = {
    client,
    handler: options.handler,
    taskRoot: options.taskRoot,
    memoryMb: 512,
    variables: options.environment ?? {},
    nodeArguments: options.nodeArguments ?? [],
    runtimeApi: String(runtimeApi),
    tmp,
  };
  const logs: string[] = [];
  const emulator: [string, ...string[]] = [
    rie.binary,
    ...['--log-level', 'debug'],
    ...['--runtime-api-address', String(runtimeApi)],
    ...['--runtime-interface-emulator-address', String(invokeApi)],
    // It takes the last word for the handler and starts the function with all of them. The function
    // must not see that one: in Lambda it is no part of the command.
    ...['/bin/sh', '-c', scriptOf(runtimeCommand(configuration)), options.handler],
  ];
  const opt = mergeLayers(layers);
  const [command, ...parameters] = opt ? await withOpt(opt.path, emulator) : emulator;
  const child = startRieProcess({
    command,
    arguments: parameters,
    directory: options.taskRoot,
    environment: {
      ...functionEnvironment(configuration),
      AWS_LAMBDA_FUNCTION_TIMEOUT: String(options.timeoutSeconds ?? 10),
    },
    onLine: (line) => logs.push(line),
  });

  const url = `http://${invokeApi}/2015-03-31/functions/function/invocations`;
  const tryInvoke = async (event: unknown): Promise<RieAnswer> => {
    const start = logs.length;
    const sentAt = performance.now();
    const { status, body } = await post(url, JSON.stringify(event ?? null), child, logs);
    const doneMs = performance.now() - sentAt;
    // What it wrote before it answered is readable now, and handed on within this turn.
    await setImmediate();
    return { status, body, doneMs, ...readLog(logs.slice(start)) };
  };
  const invoke = async (event: unknown): Promise<RieAnswer> => {
    const answer = await tryInvoke(event);
    // Now and then, and for any function, what the emulator cancels at a timeout is the init after
    // it: no process is started, and no function has seen the event.
    const isCanceled = answer.status === 502 && answer.body.endsWith('Error: ErrGateCanceled"}');
    return isCanceled ? tryInvoke(event) : answer;
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= child.shutDown().then(async () => {
      opt?.remove();
      await rm(tmp, { recursive: true, force: true });
    });
    return closed;
  };
  return { invoke, logs, tmp, close, [Symbol.asyncDispose]: close };
}

function scriptOf(command: readonly string[]): string {
  return `exec ${command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')}`;
}

function readLog(lines: readonly string[]): Omit<RieAnswer, 'status' | 'body' | 'doneMs'> {
  const calls = lines.map(readApiCall).filter((call) => call !== undefined);
  const event = lines.map(readInvokeStart).find((found) => found !== undefined);
  const path = `/2018-06-01/runtime/invocation/${event?.requestId}`;
  const answer = calls.find((call) => [`${path}/response`, `${path}/error`].includes(call.path));
  return {
    requestId: event?.requestId ?? '',
    answeredMs: answer && event && answer.at - event.at,
    calls,
  };
}

/** Ports that nobody listens on, all different: the emulator takes none that are chosen for it. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  return Promise.all(
    servers.map((server) => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return new Promise<number>((resolve) => server.close(() => resolve(port)));
    }),
  );
}

const startLimitMs = 10_000;

/** Posts an event as soon as the emulator listens. */
async function post(
  url: string,
  body: string,
  child: RieProcess,
  logs: readonly string[],
): Promise<{ status: number; body: string }> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    try {
      return await tryPost(url, body);
    } catch (error) {
      const isStarting = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
      if (!isStarting || child.hasExited() || Date.now() > deadline) {
        throw new Error(`The emulator does not answer:\n${logs.slice(-20).join('\n')}`, {
          cause: error,
        });
      }
      await setTimeout(10);
    }
  }
}

function tryPost(url: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    // Without an agent, and so without a time limit or a connection that outlives the answer.
    const pending = request(url, { method: 'POST', agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    pending.on('error', reject);
    pending.end(body);
  });
}
