import { noAccount } from '../../llm/llm-account.ts';
import type { ReportBuilder } from '../../report/build-task-report.ts';
import { toWire, type WireTaskReport } from '../../report/task-report.ts';
import type { LostOutcome } from './left-behind.ts';
import type { StubRecord } from './stub-file.ts';

/**
 * The report of a run whose process died: what was written down of it, and how it ended.
 *
 * @param timeMs - time to make it in
 */
export function lostReport(
  build: ReportBuilder,
  stub: StubRecord,
  { isSuccess, name = 'ProcessEndedError', text, durationSeconds }: LostOutcome,
  timeMs: number,
): WireTaskReport {
  // An error without a stack, which would only show our own code.
  const error = Object.assign(new Error(text), { name, stack: undefined });
  const outcome = isSuccess
    ? ({ kind: 'response', value: text } as const)
    : ({ kind: 'failure', thrown: { value: error } } as const);
  const input = { kind: 'none' } as const;
  const report = toWire(
    build(
      { id: stub.id, input, outcome, recorded: nothing, llm: noAccount, durationSeconds },
      timeMs,
    ),
  );
  const { result, is_success, duration } = report;
  return { ...(stub.report ?? report), result, is_success, duration };
}

const nothing = { input: undefined, result: undefined, failure: undefined };
