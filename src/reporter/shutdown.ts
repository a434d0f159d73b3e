/** Sends or logs reports when Lambda ends the environment, between SIGTERM and SIGKILL. */
import { within } from '../base/within.ts';
import { onShutdown } from '../delivery/execution-environment/on-shutdown.ts';
import type { PostponedDelivery } from './deferred-deliveries.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';

export interface ShutdownParts {
  /** Loads the delivery if needed. */
  readonly load: () => Promise<TaskDelivery>;
  /** Tasks that are running, or whose reports are neither sent nor kept. */
  readonly open: ReadonlySet<TaskLifecycle>;
  /** Whether this process sends the pending reports. */
  readonly ownsSpool: () => boolean;
  readonly takePostponed: () => readonly PostponedDelivery[];
}

// Reserved for what is sent and logged after the reports of tasks that have just ended.
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
        // These tasks have timed out. The environment is likely to be used again, with the reports in
        // its files.
        await Promise.all([shutDown, delivery.writeDown(deadline)]);
      } else {
        // An environment that froze after a late response has not sent its report.
        await within(deadline - finishMs - performance.now(), shutDown);
        await delivery.finish(deadline);
      }
    },
    lastWords() {
      if (ownsSpool()) loaded?.writeDownNow();
    },
  });
}
