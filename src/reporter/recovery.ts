/**
 * Reports the tasks of processes that crashed in this environment before the runtime asks for its
 * first event, because this process may crash in that event as well. The start takes longer only
 * after a crash or if there are pending reports.
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

/** How long a start waits for recovery at most, in milliseconds and as a share of the timeout. */
const longestRecoveryMs = 1_000;
const shareOfTimeout = 0.1;
// After a crash the start is part of an invocation, and its handler needs the remaining time.
const mostTimeOfStart = 0.2;
// Lambda's default, used if the timeout is unknown.
const usualTimeoutMs = 3_000;
// A journal entry starts with the facts about its task.
const beginningBytes = 2_048;

// On the global object, so that another copy of this package does not send the same reports.
const key = Symbol.for('xpander-lambda.recovered.1');
const shared: Partial<Record<symbol, Set<string>>> = globalThis;

/**
 * Runs once per process and destination. After a slow start the first delivery does it instead.
 *
 * @param uptimeMs - since the process started
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
  // This start may have used up time of the first event.
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

/** A file of a process that has ended, or a report that could not be sent. */
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

/** The timeout of the function in milliseconds, from a journal entry. */
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

/** A process empties files that it no longer needs and reuses them. */
function isLeftover(file: string): boolean {
  const writer = writerOf(basename(file));
  return (writer === undefined || !isRunning(writer)) && lstatSync(file).size > 0;
}
