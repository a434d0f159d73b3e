/** What is done when Lambda ends the environment, in the time between its SIGTERM and its SIGKILL. */
import { onShutdown } from '../delivery/on-shutdown.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';

/** @param going - the tasks whose handlers have not ended */
export function finishOnShutdown(delivery: TaskDelivery, going: ReadonlySet<TaskLifecycle>): void {
  onShutdown({
    async finish(deadline) {
      if (going.size === 0) return delivery.finish(deadline);
      // The time of these tasks is over. The environment will be used again, and what waits in its
      // files with it.
      await Promise.all([...going].map((task) => task.shutDown(delivery, deadline)));
    },
    lastWords() {
      if (going.size === 0) delivery.lastWords();
    },
  });
}
