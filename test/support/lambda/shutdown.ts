/** How the processes of an environment are brought to their end, and how much time they get. */

import { setTimeout } from 'node:timers/promises';
import type { FunctionProcess } from './function-process.ts';
import type { RecordMoment } from './timeline.ts';

/** `spindown`: not needed any more; the others follow an invocation that went wrong. */
export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

export interface ExternalProcess {
  readonly name: string;
  readonly process: FunctionProcess;
}

export interface ShutdownSteps {
  readonly reason: ShutdownReason;
  /** Undefined where extensions never let it start. */
  readonly runtime: FunctionProcess | undefined;
  /** How many extensions are registered. */
  readonly registered: { readonly internal: number; readonly external: number };
  readonly external: readonly ExternalProcess[];
  readonly thaw: () => void;
  /** Tells an external extension; false if it does not want to know. */
  readonly announce: (name: string, deadlineMs: number) => boolean;
  readonly record: RecordMoment;
}

/** Lambda's budgets in milliseconds, and the share of them that the runtime gets at first. */
const internalBudgetMs = 500;
const externalBudgetMs = 2000;
const runtimeShare = 0.3;

/** Resolves when all processes are gone, which the last signal makes sure of. */
export async function shutDown(steps: ShutdownSteps): Promise<void> {
  const { record, registered, runtime, external } = steps;
  record('shutdown', { detail: steps.reason });
  const all = external.map(({ process }) => process);
  if (runtime !== undefined) all.push(runtime);
  if (registered.internal + registered.external === 0) {
    await endAll(all, record);
    return;
  }

  steps.thaw();
  const budgetMs = registered.external > 0 ? externalBudgetMs : internalBudgetMs;
  const deadlineMs = Date.now() + budgetMs;
  const shareMs = registered.external > 0 ? budgetMs * runtimeShare : budgetMs;
  if (runtime !== undefined) await terminate(runtime, shareMs, record);
  await Promise.all(
    external.map(async ({ name, process }) => {
      if (!process.hasExited() && steps.announce(name, deadlineMs)) {
        await exitOrTimeout(process, deadlineMs - Date.now());
      }
      await kill(process, record, name);
    }),
  );
}

/** Kills at once, also what is frozen. */
async function endAll(processes: readonly FunctionProcess[], record: RecordMoment): Promise<void> {
  await Promise.all(processes.map((process) => kill(process, record)));
}

async function terminate(
  runtime: FunctionProcess,
  limitMs: number,
  record: RecordMoment,
): Promise<void> {
  if (runtime.hasExited()) return;
  record('SIGTERM');
  runtime.signal('SIGTERM');
  await exitOrTimeout(runtime, limitMs);
  await kill(runtime, record);
}

async function exitOrTimeout({ exited }: FunctionProcess, limitMs: number): Promise<void> {
  const stop = new AbortController();
  const limit = setTimeout(Math.max(0, limitMs), undefined, { signal: stop.signal });
  await Promise.race([exited, limit]);
  stop.abort();
  await limit.catch(() => {});
}

async function kill(
  process: FunctionProcess,
  record: RecordMoment,
  extension?: string,
): Promise<void> {
  if (!process.hasExited()) {
    record('SIGKILL', extension === undefined ? {} : { extension });
    process.signal('SIGKILL');
  }
  await process.exited;
}
