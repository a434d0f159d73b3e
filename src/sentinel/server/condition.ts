/** Waiting for something that several others bring about. */
export interface Condition {
  /** Something has changed. */
  readonly tell: () => void;
  /**
   * Waits until it holds.
   *
   * @param timeMs - asked anew each time, as a deadline may become known only later
   */
  readonly until: (holds: () => boolean, timeMs: () => number) => Promise<boolean>;
}

// What holds because of the time alone tells nobody.
const pollMs = 50;

export function createCondition(): Condition {
  const listeners = new Set<() => void>();
  const next = (timeMs: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        listeners.delete(end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(pollMs, timeMs));
      listeners.add(end);
    });
  return {
    tell() {
      for (const listener of [...listeners]) listener();
    },
    async until(holds, timeMs) {
      for (;;) {
        if (holds()) return true;
        const leftMs = timeMs();
        if (leftMs <= 0) return false;
        await next(leftMs);
      }
    },
  };
}
