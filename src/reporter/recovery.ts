/**
 * Reports what processes that died in this environment have left, before the runtime asks for its
 * first event: the process may die in that event as well. Only a process that follows a crash, or
 * finds reports that wait, starts later for it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeClient } from '../delivery/extension/runtime-client.ts';
import type { Storage } from '../delivery/storage.ts';
import type { TaskDelivery } from './task-delivery.ts';

/** How long a start waits for it at most, in milliseconds. */
export const longestRecoveryMs = 1_000;

export function recoverBeforeFirstEvent(
  { folder }: Storage,
  runtime: RuntimeClient,
  load: () => Promise<TaskDelivery>,
  logError: (error: unknown) => void,
): void {
  if (!hasLeftovers(folder)) return;
  const recover = async (): Promise<void> => {
    const deadline = performance.now() + longestRecoveryMs;
    await (await load()).recover(deadline);
  };
  runtime.delayFirstEvent(recover().catch(logError), longestRecoveryMs);
}

/** Whether there is any file in one of the folders: a new environment has not even these. */
function hasLeftovers(folder: string): boolean {
  try {
    return readdirSync(folder, { withFileTypes: true }).some(
      (entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).length > 0,
    );
  } catch {
    return false;
  }
}
