/** What the platform was sent about a task, from all environments, in the order of its taking. */

import { attemptIn, type Status } from './account.ts';
import { type Call, isAnswered } from './faulty-proxy.ts';
import type { Life } from './lives.ts';

/** A report that an environment sent, or its question for the record. */
export interface Sent {
  readonly life: Life;
  readonly call: Call;
  /** Undefined for a question. */
  readonly status: Status | undefined;
  readonly attempt: number | undefined;
  readonly result: string | undefined;
}

/** By task id, each in the order of being sent. */
export function sentByTask(lives: readonly Life[]): Map<string, Sent[]> {
  const all = lives.flatMap((life) =>
    life.proxy.calls.flatMap((call) => {
      const sent = sentIn(call);
      return sent === undefined ? [] : [{ ...sent, life, call }];
    }),
  );
  const ordered = all.toSorted((one, other) => one.call.number - other.call.number);
  return Map.groupBy(ordered, ({ id }) => id);
}

/** The reports that the platform took, in the order in which they replaced each other. */
export function storedOf(sent: readonly Sent[]): Sent[] {
  return sent
    .filter(({ call, status }) => status !== undefined && isTaken(call))
    .toSorted((one, other) => (one.call.storedMs ?? 0) - (other.call.storedMs ?? 0));
}

/** A report of an earlier attempt that replaced one of a later attempt. */
export interface Stale {
  readonly sent: Sent;
  /** Between its question and its request no sender can exclude another: it could not know. */
  readonly isRace: boolean;
  readonly isFinal: boolean;
}

export function staleAmong(sent: readonly Sent[]): Stale[] {
  const stored = storedOf(sent);
  return stored.flatMap((older, index) => {
    const newer = stored
      .slice(0, index)
      .find(({ attempt }) => (attempt ?? 0) > (older.attempt ?? Number.POSITIVE_INFINITY));
    if (newer === undefined) return [];
    const isFinal = index === stored.length - 1;
    return [{ sent: older, isRace: isRace(older, newer, sent), isFinal }];
  });
}

/**
 * Whether the last report that was stored had been sent before another one that was stored earlier:
 * its sender had given it up, and something on the way delivered it all the same.
 */
export function isOvertaken(sent: readonly Sent[]): boolean {
  const stored = storedOf(sent);
  const last = stored.at(-1);
  return last !== undefined && stored.some(({ call }) => call.fromMs > last.call.fromMs);
}

/** How old an answer to a question may be when the request that it allows is sent. */
const questionLastsMs = 1_500;

function isRace(older: Sent, newer: Sent, sent: readonly Sent[]): boolean {
  const storedMs = newer.call.storedMs ?? 0;
  if (older.call.fromMs < storedMs) return true;
  return sent.some(
    ({ life, status, call }) =>
      life === older.life &&
      status === undefined &&
      call.fromMs < storedMs &&
      call.fromMs < older.call.fromMs &&
      older.call.fromMs - call.fromMs < questionLastsMs,
  );
}

/** Reports that were sent again although their sender had had the answer to the first. */
export function repeatedAmong(sent: readonly Sent[]): Sent[] {
  const stored = storedOf(sent);
  return stored.filter((later, index) =>
    stored
      .slice(0, index)
      .some(
        (first) =>
          isAnswered(first.call) &&
          (first.call.answeredMs ?? 0) < later.call.fromMs &&
          first.life === later.life &&
          first.attempt === later.attempt &&
          first.status === later.status &&
          first.result === later.result,
      ),
  );
}

function isTaken({ status }: Call): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

function sentIn(
  call: Call,
): (Pick<Sent, 'status' | 'attempt' | 'result'> & { id: string }) | undefined {
  if (call.method === 'GET') {
    const [, id] = /\/agent-execution\/([^/]+)\/status/.exec(call.path) ?? [];
    return id === undefined
      ? undefined
      : { id, status: undefined, attempt: undefined, result: undefined };
  }
  const body: ReportBody | undefined = jsonOf(call.body);
  if (body?.id === undefined) return undefined;
  return {
    id: body.id,
    status: body.is_success ? 'completed' : 'failed',
    attempt: attemptIn(body.input),
    result: body.result,
  };
}

interface ReportBody {
  readonly id?: string;
  readonly is_success: boolean;
  readonly input: string;
  readonly result: string;
}

function jsonOf(text: string): ReportBody | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
