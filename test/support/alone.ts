/** Work of which several pieces run at once, except while one of them needs the machine for itself. */
import { deferred } from './lambda/deferred.ts';

export interface Machine {
  readonly beside: <T>(work: () => Promise<T>) => Promise<T>;
  /** Waits until all that has begun is over, and keeps the rest waiting. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

export function shareMachine(): Machine {
  const running = new Set<Promise<unknown>>();
  let free = Promise.resolve();
  return {
    async beside(work) {
      for (let last = free; ; last = free) {
        await last;
        if (last === free) break;
      }
      const begun = work();
      running.add(begun);
      return begun.finally(() => running.delete(begun));
    },
    async alone(work) {
      const before = free;
      const over = deferred<void>();
      free = before.then(() => over.promise);
      await before;
      await Promise.allSettled(running);
      return work().finally(() => over.resolve());
    },
  };
}
