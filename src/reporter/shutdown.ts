/** What is done when Lambda ends the environment, in the time between its SIGTERM and its SIGKILL. */
import { onShutdown } from '../delivery/on-shutdown.ts';
import type { TaskDelivery } from './task-delivery.ts';
import type { PostponedDelivery, TaskLifecycle } from './task-lifecycle.ts';

export interface ShutdownParts {
  /** The delivery, which may not be loaded yet. */
  readonly load: () => Promise<TaskDelivery>;
  /** The tasks whose handlers have not ended. */
  readonly going: ReadonlySet<TaskLifecycle>;
  readonly takePostponed: () => readonly PostponedDelivery[];
}

export function finishOnShutdown({ load, going, takePostponed }: ShutdownParts): void {
  let loaded: TaskDelivery | undefined;
  onShutdown({
    async finish(deadline) {
      const delivery = await load();
      loaded = delivery;
      for (const earlier of takePostponed()) await earlier(deadline - performance.now());
      if (going.size === 0) return delivery.finish(deadline);
      // The time of these tasks is over. The environment will be used again, and what waits in its
      // files with it.
      await Promise.all([...going].map((task) => task.shutDown(delivery, deadline)));
    },
    lastWords() {
      if (going.size === 0) loaded?.lastWords();
    },
  });
}
