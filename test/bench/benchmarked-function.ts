/** One process with a benchmarked function, started as Lambda starts it. */

import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { openCpuShare, usualCpuShare } from '../support/lambda/cpu-share.ts';
import { functionEnvironment, nodeCommandLine } from '../support/lambda/function-environment.ts';
import { startFunctionProcess } from '../support/lambda/function-process.ts';
import type { RuntimeClient } from '../support/runtime-client/installed-client.ts';
import { type InvocationTimes, startLambdaApis } from './lambda-apis.ts';
import type { BuiltFunction } from './task-root.ts';

export interface FunctionOptions {
  readonly client: RuntimeClient;
  readonly built: BuiltFunction;
  readonly environment: Readonly<Record<string, string>>;
  /** Flags for Node.js beside those of Lambda. @default none */
  readonly nodeArguments?: readonly string[];
}

export interface BenchmarkedFunction extends AsyncDisposable {
  /** From starting the process until runtime and extensions have asked for an event. */
  readonly initMs: number;
  /** How long a CPU was at work for the init; unlike `initMs` it does not grow on a busy machine. */
  readonly initCpuMs: number;
  /** How many extensions have registered for invocations. */
  readonly extensions: number;
  readonly logs: readonly string[];
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** What the process holds in memory, in bytes. */
  readonly residentBytes: () => number;
  /** Ends the process with a signal and waits until it has gone. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

export interface Invoked extends InvocationTimes {
  /** What the process held in memory when its answer had come. */
  readonly residentBytes: number;
}

/** The platform's own limit for an init. */
const initLimitMs = 10_000;
/** What a process takes to hear a signal and write what it has to write; ten times the usual. */
const exitGraceMs = 500;
/** No invocation of the benchmark takes as long, the slowest API included. */
const invocationLimitMs = 20_000;
/** A GB is what an agent commonly gets; a smaller heap would only collect garbage more often. */
const usualMemoryMb = 1024;
/** Where Lambda gives a whole CPU. */
const memoryOfWholeCpuMb = 1769;

/** @throws Error when its init fails, with the function's log */
export async function startFunction(options: FunctionOptions): Promise<BenchmarkedFunction> {
  const logs: string[] = [];
  const apis = await startLambdaApis();
  const cpu = usualCpuShare === undefined ? undefined : openCpuShare(usualCpuShare);
  const configuration = {
    client: options.client,
    ...options.built,
    memoryMb: usualCpuShare ? Math.round(usualCpuShare * memoryOfWholeCpuMb) : usualMemoryMb,
    variables: options.environment,
    nodeArguments: options.nodeArguments ?? [],
    runtimeApi: apis.address,
  };
  const node = [options.client.node, ...nodeCommandLine(configuration)];
  const { execWrapper } = options.built;
  const startedAt = performance.now();
  const child = startFunctionProcess({
    command: [
      ...(cpu?.command ?? []),
      ...(execWrapper === undefined ? [] : [execWrapper]),
      ...node,
    ],
    directory: options.built.taskRoot,
    environment: functionEnvironment(configuration),
    onLine: (line) => logs.push(line),
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.signal(signal);
    // A process that exits joins the thread that waits for an event, so that has to end too.
    await Promise.race([child.exited, setTimeout(exitGraceMs, undefined, { ref: false })]);
    await apis[Symbol.asyncDispose]();
    await child.exited;
    cpu?.close();
  };
  const within = async <T>(work: Promise<T>, limitMs: number, what: string): Promise<T> => {
    const fail = (how: string): never => {
      throw new Error(`${what} ${how}. The function's log:\n${logs.slice(-20).join('\n')}`);
    };
    const patience = new AbortController();
    const { signal } = patience;
    try {
      return await Promise.race([
        work,
        child.exited.then(() => fail('ended with the process')),
        setTimeout(limitMs, undefined, { signal }).then(() => fail('took too long')),
      ]);
    } finally {
      patience.abort();
    }
  };

  try {
    const initialisedAt = await within(apis.initialised, initLimitMs, 'The init');
    const { pid = 0 } = child;
    return {
      initMs: initialisedAt - startedAt,
      initCpuMs: cpuMs(pid),
      extensions: apis.extensions(),
      logs,
      residentBytes: () => residentBytes(pid),
      async invoke(event) {
        let resident = 0;
        const invoked = apis.invoke(event, () => {
          resident = residentBytes(pid);
        });
        const times = await within(invoked, invocationLimitMs, 'An invocation');
        if (times.kind === 'error') throw new Error(`The handler failed: ${times.body}`);
        return { ...times, residentBytes: resident };
      },
      end,
      [Symbol.asyncDispose]: () => end('SIGKILL'),
    };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** The kernel's count for all threads, in nanoseconds; `ps` and the like count in 10 ms. */
function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`));
  return times.reduce((sum, text) => sum + Number.parseInt(text.toString(), 10) / 1e6, 0);
}
