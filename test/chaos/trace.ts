/** Explains a verdict: what happened to a task, in order. */

import { performance } from 'node:perf_hooks';
import type { Sent } from './history.ts';
import type { Life } from './lives.ts';
import type { Attempt } from './run-plan.ts';

export interface Traced {
  /** Of the task. */
  readonly attempts: readonly Attempt[];
  readonly sent: readonly Sent[];
  /** Of all tasks. */
  readonly all: readonly Attempt[];
  readonly startMs: number;
}

/** Lines for people, with seconds since the start of the run. */
export function traceOf({ attempts, sent, all, startMs }: Traced): string[] {
  const seconds = (ms: number): string => ((ms - startMs) / 1_000).toFixed(3);
  const entries = [
    ...attempts.flatMap((attempt) => attemptEntries(attempt)),
    ...sent.map((each) => ({ atMs: each.call.fromMs, text: sentText(each) })),
  ].toSorted((one, other) => one.atMs - other.atMs);
  const lives = new Set([...attempts, ...sent].map(({ life }) => life));
  const ids = new Set(attempts.map(({ step }) => step.requestId));
  return [
    ...entries.map(({ atMs, text }) => `${seconds(atMs)} ${text}`),
    ...[...lives].flatMap((life) => lifeLines(life, all, ids, seconds)),
  ];
}

function lifeLines(
  { name, end, environment }: Life,
  all: readonly Attempt[],
  ids: ReadonlySet<string>,
  seconds: (ms: number) => string,
): string[] {
  const last = all.findLast(({ life }) => life.name === name);
  const lines = environment.lambda.logs.filter(
    (line) =>
      line.includes('reports lost') ||
      (/xpander|undelivered/.test(line) && [...ids].some((id) => line.includes(id))),
  );
  const how =
    last === undefined
      ? ''
      : `, last ${last.step.event.way} at ${seconds(last.fromMs)}: ${last.settlement.kind}`;
  return [`${name}: ${end}${how}`, ...lines.map((line) => `${name} logged ${line.slice(0, 260)}`)];
}

interface Entry {
  readonly atMs: number;
  readonly text: string;
}

function attemptEntries({ step, life, fromMs, toMs, result, settlement, notes }: Attempt): Entry[] {
  const { attempt, event, pauseMs } = step;
  const { padding: _, secret: __, attempt: ___, ...shown } = event;
  const doneMs = Math.round(settlement.doneMs);
  const { fromMs: heldMs, toMs: freeMs, workMs } = settlement.held;
  const [held, work] = [freeMs - heldMs, workMs].map((ms) => `${Math.round(ms)} ms`);
  const what = `attempt ${attempt} in ${life.name}`;
  return [
    { atMs: fromMs, text: `${what} ${JSON.stringify(shown)}, after a pause of ${pauseMs} ms` },
    ...notes.map((note) => ({
      atMs: note.atMs - performance.timeOrigin,
      text: `${what}: the handler ${note.what}`,
    })),
    { atMs: toMs, text: `${what}: the caller got ${result.kind}` },
    {
      atMs: fromMs + settlement.doneMs,
      text: `${what}: ${settlement.kind} after ${doneMs} ms, held ${held} with ${work} of work`,
    },
  ];
}

function sentText({ life, call, status, attempt }: Sent): string {
  const what = status === undefined ? 'asks' : `reports attempt ${attempt} as ${status}`;
  const took = Number.isFinite(call.toMs) ? `${Math.round(call.toMs - call.fromMs)} ms` : 'no end';
  const answer = `${call.status ?? 'not stored'}, ${took}, ${JSON.stringify(call.spoil)}`;
  return `${life.name} ${what} (call ${call.number}: ${answer})`;
}
