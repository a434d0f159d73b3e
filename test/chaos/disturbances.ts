/** What the function and its users notice of the reporter: time, other results, secrets. */

import { idleMs } from '../support/lambda/hold.ts';
import type { Interval } from '../support/lambda/interval.ts';
import { budgetMs } from './attachments.ts';
import type { Life } from './lives.ts';
import type { Attempt } from './run-plan.ts';
import { leftMsAt } from './truth.ts';

export interface Disturbance {
  readonly kind: 'held' | 'changed' | 'leak';
  readonly id: string;
  readonly why: string;
}

export interface DisturbanceTimes {
  readonly timeoutMs: number;
  /** A handler that answers so long before its deadline would have been in time alone. */
  readonly marginMs: number;
  /** How long an environment may be held without a delivery, and beyond the budget of one. */
  readonly idleLimitMs: number;
  /** Whether waiting for a CPU is the reporter's own fault, not that of a busy machine. */
  readonly isSlow: boolean;
}

export function disturbancesOf(
  attempts: readonly Attempt[],
  times: DisturbanceTimes,
): Disturbance[] {
  return attempts.flatMap((attempt) => [...changed(attempt, times), ...held(attempt, times)]);
}

/** The caller of a handler that had answered in time got something else. */
function changed(
  attempt: Attempt,
  { timeoutMs, marginMs, isSlow }: DisturbanceTimes,
): Disturbance[] {
  const { step, result, settlement, notes, fromMs } = attempt;
  const answered = notes.find(({ what }) => what !== 'begins');
  if (answered === undefined) return [];
  const leftMs = leftMsAt(answered.atMs, fromMs, timeoutMs);
  const workMs = isSlow ? 0 : settlement.held.workMs;
  if (leftMs < marginMs + workMs || step.event.way === 'answersAndExits') return [];
  const isExpected = answered.what === 'answers' ? 'response' : 'error';
  const isOther =
    result.kind !== isExpected && !(result.kind === 'response' && result.streamError !== undefined);
  const isReset = settlement.kind === 'timeout';
  if (!isOther && !isReset) return [];
  const what = isOther ? `the caller got ${result.kind}` : 'the environment was reset';
  const why = `the handler ${answered.what} ${Math.round(leftMs)} ms before its deadline, and ${what}`;
  return [{ kind: 'changed', id: step.requestId, why }];
}

function held(
  { step, life, result, settlement }: Attempt,
  { idleLimitMs }: DisturbanceTimes,
): Disturbance[] {
  if (result.kind !== 'response' && result.kind !== 'error') return [];
  if (settlement.kind !== 'next' || life.isManaged) return [];
  const { fromMs, toMs, workMs } = settlement.held;
  const idle = idleMs(settlement.held, deliveriesIn(settlement.held, life));
  const all = toMs - fromMs - workMs;
  if (idle <= idleLimitMs && all <= budgetMs + idleLimitMs) return [];
  const why = `held ${Math.round(toMs - fromMs)} ms: ${Math.round(workMs)} ms of work, ${Math.round(idle)} ms without a delivery`;
  return [{ kind: 'held', id: step.requestId, why }];
}

/** From the first call to the last one: a delivery also pauses between two attempts. */
function deliveriesIn({ fromMs, toMs }: Interval, { proxy }: Life): Interval[] {
  const tried = [...proxy.calls, ...proxy.outages].filter(
    (each) => each.fromMs < toMs && each.toMs > fromMs,
  );
  if (tried.length === 0) return [];
  return [
    {
      fromMs: Math.min(...tried.map((each) => each.fromMs)),
      toMs: Math.max(...tried.map((each) => each.toMs)),
    },
  ];
}

/** The API key, or what an event or a response has as a password. */
export function leaksOf(lives: readonly Life[], key: string): Disturbance[] {
  const isSecret = new RegExp(`${key}|leak\\d`);
  return lives.flatMap(({ name, environment, proxy }) => {
    const lines = environment.lambda.logs.filter((line) => isSecret.test(line));
    const bodies = proxy.calls.filter(({ body }) => isSecret.test(body));
    return [
      ...lines.map((line) => leak(name, line, isSecret)),
      ...bodies.map(({ number, body }) => leak(`call ${number} from ${name}`, body, isSecret)),
    ];
  });
}

function leak(where: string, text: string, isSecret: RegExp): Disturbance {
  const at = text.search(isSecret);
  const [id = ''] = /c0ffee00-[-0-9a-f]+/.exec(text) ?? [];
  return { kind: 'leak', id, why: `${where}: …${text.slice(Math.max(0, at - 80), at + 40)}…` };
}
