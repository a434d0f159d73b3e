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

/** How often is noted what a process has worked: of one that is gone nobody can tell any more. */
const noteEveryMs = 10;

/** Must be ended. */
export function startHold(pids: readonly number[]): RunningHold {
  const fromMs = performance.now();
  const before = pids.map((pid) => workOf(pid) ?? 0);
  const last = [...before];
  const note = (): void => {
    for (const [index, pid] of pids.entries()) last[index] = workOf(pid) ?? last[index] ?? 0;
  };
  const timer = setInterval(note, noteEveryMs).unref();
  return {
    end: () => {
      clearInterval(timer);
      note();
      const worked = last.map((ms, index) => Math.max(0, ms - (before[index] ?? 0)));
      const workMs = worked.reduce((sum, ms) => sum + ms, 0);
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

/** Undefined where the system does not tell. Modules are loaded and compiled by other threads as well. */
function workOf(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + workOfThread(`/proc/${pid}/task/${thread}`), 0);
  } catch {
    return undefined;
  }
}

function workOfThread(folder: string): number {
  const [running = 0, waiting = 0] = readFileSync(`${folder}/schedstat`, 'utf8')
    .split(' ')
    .map(Number);
  return (running + waiting) / 1e6;
}
