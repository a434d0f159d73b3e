/**
 * Loads what a task needs only after its handler has started: the report builder, the HTTP client
 * and the API key. A small function may have no time for it in its first invocation.
 */
import { monotonicMs } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import { noteDeliveryLoaded } from '../delivery/execution-environment/loading-time.ts';
import type { Storage } from '../delivery/execution-environment/storage.ts';
import { createPostponedDeliveries, type PostponedDeliveries } from './deferred-deliveries.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';

export interface LateParts {
  /** A failure is not cached: the next task tries again. */
  readonly load: () => Promise<TaskDelivery>;
  readonly postponed: PostponedDeliveries;
}

export interface LatePartsSettings {
  readonly settings: ReporterSettings;
  readonly log: Log;
  readonly storage: Storage | undefined;
  /** Tasks that are running, or whose reports are neither sent nor kept. */
  readonly open: ReadonlySet<TaskLifecycle>;
  /** Whether this process sends the pending reports. */
  readonly ownsSpool: () => boolean;
  /** Whether this process is notified before the environment ends, and has to use that time. */
  readonly hearsOfEnd: () => boolean;
  readonly logError: (error: unknown) => void;
}

export function createLateParts(parts: LatePartsSettings): LateParts {
  const { settings, log, storage, open, ownsSpool, hearsOfEnd, logError } = parts;
  let loading: Promise<TaskDelivery> | undefined;
  let isShutdownHandled = false;

  const loadDelivery = async (): Promise<TaskDelivery> => {
    const startedAt = monotonicMs();
    const { createTaskDelivery } = await import('./task-delivery.ts');
    noteDeliveryLoaded(monotonicMs() - startedAt);
    return createTaskDelivery(settings, log, storage, ownsSpool);
  };
  const handleShutdown = async (): Promise<void> => {
    if (isShutdownHandled || storage === undefined || !hearsOfEnd()) return;
    isShutdownHandled = true;
    const { finishOnShutdown } = await import('./shutdown.ts');
    finishOnShutdown({ load, open, ownsSpool, takePostponed: postponed.take });
  };
  const load = async (): Promise<TaskDelivery> => {
    loading ??= loadDelivery().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const delivery = await loading;
    await handleShutdown();
    return delivery;
  };
  const postponed = createPostponedDeliveries(() => void handleShutdown().catch(logError));
  return { load, postponed };
}
