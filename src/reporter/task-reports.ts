/** Builds the reports of a task: when it starts, may time out, and ends. */
import type { Log } from '../base/log.ts';
import { seenTimeoutMs } from '../delivery/execution-environment/function-timeout.ts';
import { stillRunning } from '../delivery/queue/newer-attempt.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { emptySummary } from '../llm/usage/usage-summary.ts';
import { toWire, type WireTaskReport } from '../platform/task-report.ts';
import type { ReportBuilder } from '../report/build-report.ts';
import { summarizeUsage } from './summarize-usage.ts';
import { logUnknownCalls } from './unknown-calls.ts';

export interface TaskReports {
  readonly started: (invocation: Invocation) => WireTaskReport;
  /** The task is about to time out. */
  readonly timedOut: (invocation: Invocation) => Promise<WireTaskReport>;
  /** The report for the case that the process ends while the handler runs. */
  readonly unfinished: (invocation: Invocation) => Promise<WireTaskReport>;
  /**
   * Undefined for a task that is not reported: it is skipped, or a success outside the sample.
   *
   * @param isKnown - whether the platform may know the task; then its outcome is always reported
   */
  readonly ended: (
    invocation: Invocation,
    timeMs: number,
    rules: { readonly sampled: boolean; readonly isKnown: boolean },
  ) => Promise<WireTaskReport | undefined>;
}

// Building a report while the handler runs delays it, so larger payloads are left out.
const besideHandlerMs = 10;
const mostBytesBesideHandler = 256 * 1024;

/** @param startTimeMs - time limit for building the report of a start */
export function createTaskReports(
  build: ReportBuilder,
  log: Log,
  startTimeMs: number,
): TaskReports {
  const failing = async (invocation: Invocation, error: Error): Promise<WireTaskReport> => {
    const recorded = invocation.recorded();
    const llm = await summarizeUsage(recorded.llm, log, mostBytesBesideHandler);
    const facts = {
      id: invocation.id,
      input: invocation.input,
      outcome: { kind: 'failure', thrown: { value: error } },
      recorded,
      llm,
      durationSeconds: invocation.durationSeconds(),
    } as const;
    return toWire(build(facts, besideHandlerMs));
  };

  return {
    started({ id, input, recorded }) {
      const outcome = { kind: 'started' } as const;
      const run = {
        id,
        input,
        outcome,
        recorded: recorded(),
        llm: emptySummary,
        durationSeconds: 0,
      };
      return toWire(build(run, startTimeMs));
    },

    timedOut: (invocation) => failing(invocation, timedOut(invocation)),

    unfinished: (invocation) => failing(invocation, failure('Error', 'The run has not ended.')),

    async ended({ id, input, recorded, ended }, timeMs, { sampled, isKnown }) {
      const deadline = performance.now() + timeMs;
      const facts = recorded();
      if (ended === undefined || (facts.skipped && !isKnown)) return undefined;
      const llm = await summarizeUsage(facts.llm, log);
      logUnknownCalls(llm.unknownCalls, log);
      const report = await build.inSlices(
        { id, input, recorded: facts, llm, ...ended },
        deadline - performance.now(),
      );
      return report.isSuccess && !sampled && !isKnown ? undefined : toWire(report);
    },
  };
}

function timedOut(invocation: Invocation): Error {
  const remainingMs = Math.max(0, invocation.remainingMs() ?? 0);
  const limitSeconds = seenTimeoutMs() / 1_000;
  return failure(
    'TimeoutError',
    `${stillRunning} ${Math.round(remainingMs)} ms before the function's limit of ${limitSeconds.toFixed(1)} s`,
  );
}

/** An error without a stack, which would only show our own code. */
function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, stack: undefined });
}
