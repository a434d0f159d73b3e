/** Wall clocks that jump between two invocations, as over a freeze: an hour lasts no time. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { openSync, writeSync } from 'node:fs';
import { vi } from 'vitest';

export interface EnvironmentClock {
  /** Tells the function's process, which reads it as `CLOCK_FILE`. */
  readonly file: string;
  readonly aheadMs: () => number;
  /** Lets time pass; only while the environment is frozen. */
  readonly pass: (ms: number) => void;
  /** Runs what has to read this clock: the emulator, which tells the function its deadline. */
  readonly in: <T>(work: () => Promise<T>) => Promise<T>;
}

const current = new AsyncLocalStorage<() => number>();

/** To be called in each test that uses such clocks. */
export function mockWallClock(): void {
  const systemNow = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => systemNow() + (current.getStore()?.() ?? 0));
}

export function createEnvironmentClock(file: string): EnvironmentClock {
  const descriptor = openSync(file, 'w');
  const bytes = Buffer.alloc(8);
  let aheadMs = 0;
  const write = (): void => {
    bytes.writeDoubleLE(aheadMs);
    writeSync(descriptor, bytes, 0, bytes.length, 0);
  };
  write();
  return {
    file,
    aheadMs: () => aheadMs,
    pass: (ms) => {
      aheadMs += Math.round(ms);
      write();
    },
    in: (work) => current.run(() => aheadMs, work),
  };
}
