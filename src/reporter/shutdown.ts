/** What is done when Lambda ends the environment, in the time between its SIGTERM and its SIGKILL. */
import { onShutdown } from '../delivery/on-shutdown.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';

/**
 * @param going - the tasks whose handlers have not ended
 * @param ownsSpool - whether what waits is this process's to send
 */
export function finishOnShutdown(
  delivery: TaskDelivery,
  going: ReadonlySet<TaskLifecycle>,
  ownsSpool: () => boolean,
): void {
  onShutdown({
    async finish(deadline) {
      if (!ownsSpool()) return;
      if (going.size === 0) return delivery.finish(deadline);
      // The time of these tasks is over. The environment is likely to be used again, and what waits
      // in its files with it.
      const tasks = [...going].map((task) => task.shutDown(delivery, deadline));
      await Promise.all([...tasks, delivery.writeDown(deadline)]);
    },
    lastWords() {
      if (ownsSpool()) delivery.writeDownNow();
    },
  });
}
