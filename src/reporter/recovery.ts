/**
 * Reports what processes that died in this environment have left, before the runtime asks for its
 * first event: the process may die in that event as well. Only a process that follows a crash, or
 * finds reports that wait, starts later for it.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RuntimeClient } from '../delivery/extension/runtime-client.ts';
import type { Storage } from '../delivery/storage.ts';
import { isRunning } from '../delivery/stub/process-identity.ts';
import { writerOf } from '../delivery/stub/stub-file.ts';
import type { ReporterSettings } from '../options.ts';
import type { TaskDelivery } from './task-delivery.ts';

/** How long a start waits for it at most, in milliseconds. */
const longestRecoveryMs = 1_000;

// On the global object: another copy of this package would send the same reports beside it.
const key = Symbol.for('xpander-lambda.recovered.1');
const shared: Partial<Record<symbol, Set<string>>> = globalThis;

/** Once in a process for each destination. */
export function recoverBeforeFirstEvent(
  { folder }: Storage,
  { agentId, baseUrl }: Pick<ReporterSettings, 'agentId' | 'baseUrl'>,
  runtime: RuntimeClient,
  load: () => Promise<TaskDelivery>,
  logError: (error: unknown) => void,
): void {
  if (runtime.hasAsked() || !hasLeftovers(folder)) return;
  shared[key] ??= new Set();
  const destination = `${baseUrl}\n${agentId}`;
  if (shared[key].has(destination)) return;
  shared[key].add(destination);
  // What takes longer goes on beside the first event.
  const recover = async (): Promise<void> => (await load()).recover();
  runtime.delayNextEvent(recover().catch(logError), longestRecoveryMs);
}

/** Whether files wait there: of processes that have died, and reports that could not be sent. */
function hasLeftovers(folder: string): boolean {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .some((inner) => readdirSync(inner).some((file) => isLeftover(join(inner, file))));
  } catch {
    return false;
  }
}

/** A process empties its files when it needs them no more, and uses them again. */
function isLeftover(file: string): boolean {
  const writer = writerOf(basename(file));
  return (writer === undefined || !isRunning(writer)) && lstatSync(file).size > 0;
}
