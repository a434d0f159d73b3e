/**
 * Reports what processes that died in this environment have left, before the runtime asks for its
 * first event: the process may die in that event as well. Only a process that follows a crash, or
 * finds reports that wait, starts later for it.
 */
import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isRunning } from '../base/process-identity.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { noteTimeout } from '../delivery/execution-environment/function-timeout.ts';
import type { Storage } from '../delivery/execution-environment/storage.ts';
import { parseStub, writerOf } from '../delivery/journal/journal-entry.ts';
import type { RuntimeClient } from '../delivery/lambda-extension/runtime-client.ts';
import type { TaskDelivery } from './task-delivery.ts';

/** How long a start waits for it at most, in milliseconds, and as a share of the timeout. */
const longestRecoveryMs = 1_000;
const shareOfTimeout = 0.1;
// After a crash the start is part of an invocation, whose handler needs what is left of its time.
const mostTimeOfStart = 0.2;
// Lambda's default, where nothing tells more.
const usualTimeoutMs = 3_000;
// A journal entry begins with what is known of its run.
const beginningBytes = 2_048;

// On the global object: another copy of this package would send the same reports beside it.
const key = Symbol.for('xpander-lambda.recovered.1');
const shared: Partial<Record<symbol, Set<string>>> = globalThis;

/**
 * Once in a process for each destination. After a start that took long the first delivery does it.
 *
 * @param uptimeMs - since the process began
 */
export function recoverBeforeFirstEvent(
  { folder }: Storage,
  { agentId, baseUrl }: Pick<ReporterSettings, 'agentId' | 'baseUrl'>,
  runtime: RuntimeClient,
  load: () => Promise<TaskDelivery>,
  logError: (error: unknown) => void,
  uptimeMs: number = process.uptime() * 1_000,
): void {
  const leftover = runtime.hasAsked() ? undefined : findLeftover(folder);
  if (leftover === undefined) return;
  const toldMs = timeoutOf(leftover);
  // This start may have taken from the time of the first event.
  if (toldMs !== undefined) noteTimeout(toldMs);
  const timeoutMs = toldMs ?? usualTimeoutMs;
  if (uptimeMs > timeoutMs * mostTimeOfStart) return;
  shared[key] ??= new Set();
  const destination = `${baseUrl}\n${agentId}`;
  if (shared[key].has(destination)) return;
  shared[key].add(destination);
  const limitMs = Math.min(longestRecoveryMs, timeoutMs * shareOfTimeout);
  const deadline = performance.now() + limitMs;
  const recover = async (): Promise<void> => (await load()).recover(deadline);
  runtime.delayNextEvent(recover().catch(logError), limitMs);
}

/** A file that waits there: of a process that has died, or a report that could not be sent. */
function findLeftover(folder: string): string | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .flatMap((inner) => readdirSync(inner).map((file) => join(inner, file)))
      .find(isLeftover);
  } catch {
    return undefined;
  }
}

/** Of the function, in milliseconds, as a journal entry tells it. */
function timeoutOf(file: string): number | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const beginning = Buffer.alloc(beginningBytes);
    const bytes = readSync(descriptor, beginning, 0, beginningBytes, 0);
    const stub = parseStub(beginning.toString('utf8', 0, bytes));
    return stub?.deadlineMs && stub.deadlineMs - stub.startedAt;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** A process empties its files when it needs them no more, and uses them again. */
function isLeftover(file: string): boolean {
  const writer = writerOf(basename(file));
  return (writer === undefined || !isRunning(writer)) && lstatSync(file).size > 0;
}
