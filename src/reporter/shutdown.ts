/** What is done when Lambda ends the environment, in the time between its SIGTERM and its SIGKILL. */
import { within } from '../base/within.ts';
import { onShutdown } from '../delivery/execution-environment/on-shutdown.ts';
import type { PostponedDelivery } from './deferred-deliveries.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';

export interface ShutdownParts {
  /** The delivery, which may not be loaded yet. */
  readonly load: () => Promise<TaskDelivery>;
  /** The tasks that run, or whose reports are neither sent nor kept. */
  readonly open: ReadonlySet<TaskLifecycle>;
  /** Whether what waits is this process's to send. */
  readonly ownsSpool: () => boolean;
  readonly takePostponed: () => readonly PostponedDelivery[];
}

// For what is sent and written after the reports of tasks that have just ended.
const finishMs = 300;

export function finishOnShutdown({ load, open, ownsSpool, takePostponed }: ShutdownParts): void {
  const isRunning = (): boolean => [...open].some((task) => task.isRunning());
  let loaded: TaskDelivery | undefined;
  onShutdown({
    async finish(deadline) {
      if (!ownsSpool()) return;
      const delivery = await load();
      loaded = delivery;
      for (const earlier of takePostponed()) await earlier(deadline - performance.now());
      const shutDown = Promise.all([...open].map((task) => task.shutDown(delivery, deadline)));
      if (isRunning()) {
        // The time of these tasks is over. The environment is likely to be used again, and what
        // waits in its files with it.
        await Promise.all([shutDown, delivery.writeDown(deadline)]);
      } else {
        // An environment that was frozen after a late response has not sent its report.
        await within(deadline - finishMs - performance.now(), shutDown);
        await delivery.finish(deadline);
      }
    },
    lastWords() {
      if (ownsSpool()) loaded?.writeDownNow();
    },
  });
}
