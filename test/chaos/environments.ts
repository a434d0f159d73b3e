/** Environments of the function that suffers, each with a clock of its own. */

import { chmodSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { InvocationResult, Settlement } from '../support/lambda/invocation-result.ts';
import {
  type InvokeOptions,
  type Lambda,
  type LambdaOptions,
  startLambda,
} from '../support/lambda/lambda.ts';
import { createEnvironmentClock, type EnvironmentClock } from './environment-clock.ts';

export interface Environment {
  readonly lambda: Lambda;
  readonly clock: EnvironmentClock;
  /** Resolves when the environment is frozen again, or its processes have ended. */
  readonly invoke: (event: object, options?: InvokeOptions) => Promise<Settled>;
  /** Resolves when the caller has its result, while the environment may go on. */
  readonly call: (event: object, options?: InvokeOptions) => Promise<InvocationResult>;
  /** Ends it for good, with all that is in its /tmp. */
  readonly shutdown: () => Promise<void>;
  /** Ends the emulator; can be called again. */
  readonly close: () => Promise<void>;
}

export type Settled = InvocationResult & { readonly settlement: Settlement };

export interface EnvironmentOptions
  extends Partial<
    Pick<LambdaOptions, 'handler' | 'layers' | 'timeoutMs' | 'memoryMb' | 'managedInstances'>
  > {
  readonly variables: Readonly<Record<string, string>>;
  /** A clock that several environments share. @default one of its own */
  readonly clock?: EnvironmentClock;
}

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));
const wallClock = join(taskRoot, 'wall-clock.cjs');

/** It ends with the test. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { variables, ...given } = options;
  const folder = await temporaryFolder();
  const clock = options.clock ?? createEnvironmentClock(join(folder, 'clock'));
  const lambda = await clock.in(() =>
    startLambda({
      handler: 'chaos.handler',
      taskRoot,
      timeoutMs: 10_000,
      memoryMb: 384,
      nodeArguments: ['--require', wallClock],
      ...given,
      environment: {
        XPANDER_AGENT_ID: 'agent-123',
        CLOCK_FILE: clock.file,
        PATH: `${nodeWithClock(folder)}:${process.env['PATH']}`,
        ...variables,
      },
    }),
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= lambda.close());
  onTestFinished(close);
  const call: Environment['call'] = (event, invokeOptions) =>
    clock.in(() => lambda.invoke(event, invokeOptions));
  return {
    lambda,
    clock,
    call,
    close,
    invoke: async (event, invokeOptions) => {
      const result = await call(event, invokeOptions);
      return { ...result, settlement: await result.settled };
    },
    shutdown: async () => {
      await clock.in(() => lambda.shutdown());
      await rm(lambda.tmp, { recursive: true });
    },
  };
}

/** Extensions start the first `node` of the PATH, without the function's flags. */
function nodeWithClock(folder: string): string {
  const file = join(folder, 'node');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' --require '${wallClock}' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
