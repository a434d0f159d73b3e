/** How long an environment cannot be frozen, and how much of that its processes work. */

import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type Interval, uncoveredMs } from './interval.ts';

export interface Hold extends Interval {
  /** How long threads of the processes ran or waited for a CPU that was busy, added up. */
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

/** 0 where the system does not tell. Modules are loaded and compiled by other threads as well. */
function workOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + workOfThread(`/proc/${pid}/task/${thread}`), 0);
  } catch {
    return 0;
  }
}

function workOfThread(folder: string): number {
  const [running = 0, waiting = 0] = readFileSync(`${folder}/schedstat`, 'utf8')
    .split(' ')
    .map(Number);
  return (running + waiting) / 1e6;
}
