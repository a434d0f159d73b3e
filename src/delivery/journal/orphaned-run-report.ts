import { emptySummary } from '../../llm/usage/usage-summary.ts';
import { toWire, type WireTaskReport } from '../../platform/task-report.ts';
import type { ReportBuilder, RunFacts } from '../../report/build-report.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { OrphanOutcome } from './orphaned-runs.ts';

/**
 * The report of a run whose process died: what was written down of it, and how it ended.
 *
 * @param timeMs - time to make it in
 */
export function lostReport(
  build: ReportBuilder,
  stub: JournalEntry,
  lost: OrphanOutcome,
  timeMs: number,
): WireTaskReport {
  const { id, raw } = stub;
  const input =
    raw?.input === undefined
      ? ({ kind: 'none' } as const)
      : ({ kind: 'json', json: raw.input } as const);
  const outcome = handedOver(stub) ?? outcomeOf(lost);
  const { durationSeconds } = lost;
  const report = toWire(
    build(
      { id, input, outcome, recorded: recordedIn(stub), llm: emptySummary, durationSeconds },
      timeMs,
    ),
  );
  const { result, is_success, duration } = report;
  return { ...(stub.report ?? report), result, is_success, duration };
}

/** What the caller got, where that was written down. */
function handedOver({ ended, raw }: JournalEntry): RunFacts['outcome'] | undefined {
  if (ended === undefined) return undefined;
  if (raw?.response !== undefined) return { kind: 'response', json: raw.response };
  return raw?.error && { kind: 'failure', thrown: { value: errorOf(raw.error) } };
}

function outcomeOf({
  isSuccess,
  name = 'ProcessEndedError',
  text,
}: OrphanOutcome): RunFacts['outcome'] {
  return isSuccess
    ? { kind: 'response', value: text }
    : { kind: 'failure', thrown: { value: errorOf({ name, message: text }) } };
}

/** Without a stack of its own, which would only show our code. */
function errorOf({
  name,
  message,
  stack,
}: {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}): Error {
  return Object.assign(new Error(message), { name, stack });
}

function recordedIn({ raw }: JournalEntry): RunFacts['recorded'] {
  const failure = raw?.failure;
  const value = typeof failure === 'object' ? errorOf(failure) : failure;
  return {
    input: undefined,
    result: undefined,
    failure: value === undefined ? undefined : { value },
  };
}
