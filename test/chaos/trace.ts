/** Explains a verdict: what happened to a task, in order. */

import { performance } from 'node:perf_hooks';
import type { Sent } from './history.ts';
import type { Attempt } from './run-plan.ts';

/** Lines for people, with seconds since the start of the run. */
export function traceOf(
  attempts: readonly Attempt[],
  sent: readonly Sent[],
  startMs: number,
): string[] {
  const seconds = (ms: number): string => ((ms - startMs) / 1_000).toFixed(3);
  const entries = [
    ...attempts.flatMap((attempt) => attemptEntries(attempt)),
    ...sent.map((each) => ({ atMs: each.call.fromMs, text: sentText(each) })),
  ];
  return entries
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(({ atMs, text }) => `${seconds(atMs)} ${text}`);
}

interface Entry {
  readonly atMs: number;
  readonly text: string;
}

function attemptEntries({ step, life, fromMs, toMs, result, settlement, notes }: Attempt): Entry[] {
  const { attempt, event, pauseMs } = step;
  const { padding: _, secret: __, attempt: ___, ...shown } = event;
  const doneMs = Math.round(settlement.doneMs);
  const what = `attempt ${attempt} in ${life.name}`;
  const logs = result.logs
    .filter((line) => line.includes('xpander') || line.includes('undelivered'))
    .map((line) => line.slice(0, 260));
  return [
    { atMs: fromMs, text: `${what} ${JSON.stringify(shown)}, after a pause of ${pauseMs} ms` },
    ...notes.map((note) => ({
      atMs: note.atMs - performance.timeOrigin,
      text: `${what}: the handler ${note.what}`,
    })),
    { atMs: toMs, text: `${what}: the caller got ${result.kind}` },
    {
      atMs: fromMs + settlement.doneMs,
      text: `${what}: ${settlement.kind} after ${doneMs} ms; ${life.name} is ${life.end}, then ${step.fate}`,
    },
    ...logs.map((line) => ({ atMs: fromMs + settlement.doneMs, text: `${what} logged ${line}` })),
  ];
}

function sentText({ life, call, status, attempt }: Sent): string {
  const what = status === undefined ? 'asks' : `reports attempt ${attempt} as ${status}`;
  const took = Number.isFinite(call.toMs) ? `${Math.round(call.toMs - call.fromMs)} ms` : 'no end';
  const answer = `${call.status ?? 'not stored'}, ${took}, ${JSON.stringify(call.spoil)}`;
  return `${life.name} ${what} (call ${call.number}: ${answer})`;
}
