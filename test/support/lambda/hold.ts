/** How long an environment cannot be frozen, and how much of that its processes work. */

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type Interval, uncoveredMs } from './interval.ts';

export interface Hold extends Interval {
  /** How long main threads of the processes ran or waited for a CPU that was busy. */
  readonly workMs: number;
}

export interface RunningHold {
  readonly end: () => Hold;
}

export function startHold(pids: readonly number[]): RunningHold {
  const fromMs = performance.now();
  const before = pids.map(workOf);
  return {
    end: () => {
      const worked = pids.map((pid, index) => workOf(pid) - (before[index] ?? 0));
      // Nothing is known any more of a process that is gone.
      const workMs = worked.reduce((sum, ms) => sum + Math.max(0, ms), 0);
      return { fromMs, toMs: performance.now(), workMs };
    },
  };
}

/**
 * The time in which an environment waited for nothing: neither for a request under way nor for a
 * CPU. What the machine does besides is not in it.
 */
export function idleMs(hold: Hold, onTheWay: readonly Interval[]): number {
  return Math.max(0, uncoveredMs(hold, onTheWay) - hold.workMs);
}

/** 0 where the system does not tell. */
function workOf(pid: number): number {
  try {
    const [running = 0, waiting = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8')
      .split(' ')
      .map(Number);
    return (running + waiting) / 1e6;
  } catch {
    return 0;
  }
}
