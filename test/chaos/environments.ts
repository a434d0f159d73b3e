/** Environments of the function that suffers, each with a clock of its own. */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import { type InvokeOptions, type Lambda, startLambda } from '../support/lambda/lambda.ts';
import { createEnvironmentClock, type EnvironmentClock } from './environment-clock.ts';

export interface Environment {
  readonly lambda: Lambda;
  readonly clock: EnvironmentClock;
  /** Resolves when the environment is frozen again, or its processes have ended. */
  readonly invoke: (event: object, options?: InvokeOptions) => Promise<Settled>;
  /** Ends it for good, with all that is in its /tmp. */
  readonly shutdown: () => Promise<void>;
  /** The request ids of the handler's calls, in order. */
  readonly begun: () => readonly string[];
}

export type Settled = InvocationResult & { readonly settlement: Settlement };

export interface EnvironmentOptions {
  readonly variables: Readonly<Record<string, string>>;
  /** @default 10000 */
  readonly timeoutMs?: number;
  /** @default 256 */
  readonly memoryMb?: number;
  /** A clock that several environments share. @default one of its own */
  readonly clock?: EnvironmentClock;
}

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));

/** It ends with the test. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { variables, timeoutMs = 10_000, memoryMb = 256 } = options;
  const folder = await temporaryFolder();
  const clock = options.clock ?? createEnvironmentClock(join(folder, 'clock'));
  const begunFile = join(folder, 'begun');
  const lambda = await clock.in(() =>
    startLambda({
      handler: 'chaos.handler',
      taskRoot,
      timeoutMs,
      memoryMb,
      environment: {
        XPANDER_AGENT_ID: 'agent-123',
        CLOCK_FILE: clock.file,
        BEGUN_FILE: begunFile,
        ...variables,
      },
    }),
  );
  onTestFinished(() => lambda.close());
  return {
    lambda,
    clock,
    invoke: (event, invokeOptions) =>
      clock.in(async () => {
        const result = await lambda.invoke(event, invokeOptions);
        return { ...result, settlement: await result.settled };
      }),
    shutdown: async () => {
      await clock.in(() => lambda.shutdown());
      await rm(lambda.tmp, { recursive: true });
    },
    begun: () => readFileSync(begunFile, 'utf8').split('\n').slice(0, -1),
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
