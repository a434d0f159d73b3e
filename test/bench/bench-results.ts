/** The figures of a run, as they are written into the JSON file. Times in ms, memory in bytes. */

import type { Figure } from './compare.ts';

export interface BenchResults {
  readonly date: string;
  readonly machine: Machine;
  readonly cold: { readonly latencyMs: number; readonly variants: readonly ColdResult[] };
  readonly warm: readonly WarmResults[];
  readonly skipped: readonly Skipped[];
}

export interface Machine {
  readonly cpus: string;
  readonly memoryBytes: number;
  readonly system: string;
  readonly runtimeClient: string;
  /** How many processes wanted a CPU in the last minute, before and after the run. */
  readonly load: readonly [before: number, after: number];
}

export interface ColdResult {
  readonly name: string;
  readonly baseline: string;
  /** From starting the process until runtime and extensions have asked for an event. */
  readonly init: Figure;
  /** What of it a CPU was at work. */
  readonly initCpu: Figure;
  /** From handing out the first event until the caller has the answer. */
  readonly first: Figure;
  /** Until the next event could be handed out. */
  readonly firstBilled: Figure;
  /** Resident memory before the first event. */
  readonly residentAfterInit: Figure;
  /** Resident memory when the first answer has come. */
  readonly residentAtFirstAnswer: Figure;
  /** Resident memory when several reports have been delivered. */
  readonly residentAfterDelivery: Figure;
  /** The heap in use, after a collection, in the first invocation. */
  readonly heapBeforeDelivery: Figure;
  /** The same when several reports have been delivered. */
  readonly heapAfterDelivery: Figure;
}

export interface WarmResults {
  readonly latencyMs: number;
  readonly waitMs: number;
  readonly invocations: number;
  readonly variants: readonly WarmResult[];
}

export interface WarmResult {
  readonly name: string;
  readonly baseline: string;
  /** What the caller waits: median, and what of it the baseline does not take. */
  readonly p50: Figure;
  readonly p95: number;
  readonly p99: number;
  /** What is billed: until the next event could be handed out. */
  readonly billedP50: Figure;
}

/** A variant that cannot be measured with the package as it is built. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}
