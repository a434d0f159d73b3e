/** How much is measured. */

export interface BenchPlan {
  /** How often each variant is started anew, for init, first invocation and memory. */
  readonly coldRounds: number;
  /** How many of these starts are for the heap; they count for nothing else. */
  readonly heapRounds: number;
  /** What the API takes for an answer to the first report, in milliseconds. */
  readonly coldLatencyMs: number;
  readonly warm: readonly WarmPhase[];
}

/** One comparison of all variants in warm processes. */
export interface WarmPhase {
  /** What xpander.ai's API takes for an answer, in milliseconds. */
  readonly latencyMs: number;
  /** How long the handler waits, as for an LLM, in milliseconds; 0: it answers at once. */
  readonly waitMs: number;
  /** How many invocations of each variant are measured. */
  readonly invocations: number;
}

/** What a handler waits that stands for one with an LLM: short, so that many can be measured. */
const llmMs = 20;

/** Less than ten minutes, most of them waiting for the slow API: hence fewer invocations there. */
export const thoroughPlan: BenchPlan = {
  coldRounds: 15,
  heapRounds: 3,
  coldLatencyMs: 50,
  warm: [
    { latencyMs: 0, waitMs: 0, invocations: 400 },
    { latencyMs: 50, waitMs: 0, invocations: 200 },
    { latencyMs: 500, waitMs: 0, invocations: 36 },
    { latencyMs: 50, waitMs: llmMs, invocations: 60 },
    { latencyMs: 500, waitMs: llmMs, invocations: 12 },
  ],
};

/** Less than a minute: shows the order of things, not tenths of a millisecond. */
export const quickPlan: BenchPlan = {
  coldRounds: 3,
  heapRounds: 1,
  coldLatencyMs: 0,
  warm: [
    { latencyMs: 0, waitMs: 0, invocations: 60 },
    { latencyMs: 500, waitMs: 0, invocations: 3 },
  ],
};
