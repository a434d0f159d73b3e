/** Compares where every report is, and what it says, with what is true. */

import { type Place, placesIn } from './account.ts';
import { isOvertaken, repeatedAmong, type Sent, sentByTask, staleAmong } from './history.ts';
import type { Life } from './lives.ts';
import type { Attempt } from './run-plan.ts';
import type { Truth } from './truth.ts';

export type VerdictKind =
  /** The record says other than what is true, and nothing that waits says so either. */
  | 'false'
  /** It is nowhere. */
  | 'lost'
  /** A report of an earlier attempt replaced that of a later one. */
  | 'stale'
  /** The same, when its sender could not know: both were on their way at once. */
  | 'raced'
  /** It was written into the log or sent twice, without a need. */
  | 'repeated'
  /** It is nowhere, and its process was killed where Lambda told nobody: see docs/delivery.md. */
  | 'gone'
  /** It is nowhere, and a log line counts it. */
  | 'counted';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly truth: Truth;
  readonly why: string;
}

export interface Evidence {
  readonly tasks: Parameters<typeof placesIn>[0];
  readonly truths: ReadonlyMap<string, Truth>;
  readonly lives: readonly Life[];
  readonly attempts: readonly Attempt[];
  /** Whether what the log lines say is in the task history by now. @default false */
  readonly isReplayed?: boolean;
}

export interface Account {
  readonly verdicts: readonly Verdict[];
  readonly places: readonly Place[];
}

export function judge(evidence: Evidence): Account {
  const { tasks, truths, lives } = evidence;
  const places = placesIn(
    tasks,
    lives.map(({ environment }) => environment.lambda),
  );
  const inPlay = evidence.isReplayed ? places.filter(({ kind }) => kind !== 'log') : places;
  const byId = Map.groupBy(inPlay, ({ id }) => id);
  const sent = sentByTask(lives);
  const verdicts = [...truths.values()].flatMap((truth) => {
    const found = byId.get(truth.id) ?? [];
    const ofTask = sent.get(truth.id) ?? [];
    return [
      ...judgeStatus(truth, found, ofTask, evidence),
      ...judgeHistory(truth, ofTask, evidence),
      ...judgeLines(truth, found, lives),
    ];
  });
  return { verdicts, places };
}

function judgeStatus(
  truth: Truth,
  found: readonly Place[],
  sent: readonly Sent[],
  evidence: Evidence,
): Verdict[] {
  const isRight = ({ status }: Place): boolean => truth.statuses.some((each) => each === status);
  if (found.length === 0) {
    if (!truth.isBegun) return [];
    return [{ kind: kindOfLoss(truth, evidence), truth, why: 'it is nowhere' }];
  }
  if (found.some(isRight)) return [];
  if (found.every(({ attempt }) => isOfEarlier(attempt, truth)) && isGone(truth, evidence)) {
    return [{ kind: 'gone', truth, why: 'only an earlier attempt is somewhere' }];
  }
  const what = found.map(({ kind, status }) => `${status} in ${kind}`).join(', ');
  // A race explains it; else it is false, whether or not the platform knew better for a while.
  const isRace = staleAmong(sent).some((each) => each.isFinal && each.isRace);
  return isRace || isOvertaken(sent)
    ? []
    : [{ kind: 'false', truth, why: `${what}, not ${truth.statuses}` }];
}

/** After these no code of the process runs any more. */
const sudden: readonly string[] = ['isKilled', 'runsOutOfMemory', 'blocks'];

function kindOfLoss(truth: Truth, evidence: Evidence): VerdictKind {
  const { life } = lastBegun(truth);
  if (life.environment.lambda.logs.some((line) => /undelivered reports? lost/.test(line))) {
    return 'counted';
  }
  return isGone(truth, evidence) ? 'gone' : 'lost';
}

/**
 * Of an environment that is not used again after a crash nobody is left to say anything, unless
 * there is a sentinel: neither of what waits, if the process was killed, nor of the invocation that
 * crashed. That also holds if the processes after it died in their first invocation, and of a handler
 * that answers and then exits, whose process ends in the next event or at the shutdown.
 */
function isGone(truth: Truth, { attempts: all }: Evidence): boolean {
  const last = lastBegun(truth);
  const { life } = last;
  if (life.hasSentinel || life.end === 'idle') return false;
  const later = all.filter((each) => each.life === life && each.fromMs > last.fromMs);
  const end = later.at(-1) ?? last;
  if (end.settlement.kind !== 'next' && sudden.includes(end.step.event.way)) return true;
  return [last, ...later].every(hasCrashed);
}

function hasCrashed({ settlement, step }: Attempt): boolean {
  return settlement.kind !== 'next' || step.event.way === 'answersAndExits';
}

function lastBegun({ attempts }: Truth): Attempt {
  return attempts.findLast(({ notes }) => notes.length > 0)!;
}

function isOfEarlier(attempt: number | undefined, truth: Truth): boolean {
  return attempt !== undefined && attempt < lastBegun(truth).step.attempt;
}

function judgeHistory(truth: Truth, sent: readonly Sent[], evidence: Evidence): Verdict[] {
  const repeated = repeatedAmong(sent).filter((each) => !hasDiedBefore(evidence, each));
  return [
    ...staleAmong(sent).map(({ sent: { attempt, life }, isRace, isFinal }) => {
      const end = isFinal ? 'in the end' : 'for a while';
      const why = `attempt ${attempt} from ${life.name} replaced a later one ${end}`;
      return { kind: isRace ? 'raced' : 'stale', truth, why } as const;
    }),
    ...repeated.map(({ attempt, life, call }) => {
      const why = `call ${call.number} sent attempt ${attempt} from ${life.name} again`;
      return { kind: 'repeated', truth, why } as const;
    }),
  ];
}

/** A process that dies may not have noted yet that its report was taken. */
function hasDiedBefore({ attempts }: Evidence, { life, call }: Sent): boolean {
  return attempts.some(
    ({ life: other, step, settlement, fromMs }) =>
      other === life &&
      (settlement.kind !== 'next' || step.event.way === 'answersAndExits') &&
      fromMs < call.fromMs,
  );
}

/** In-band each process writes down what it finds waiting: `replay` sends it once. */
function judgeLines(truth: Truth, found: readonly Place[], lives: readonly Life[]): Verdict[] {
  // Lines that name no attempt may be about different ones.
  const isClear = ({ attempt }: Place): boolean =>
    attempt !== undefined || truth.attempts.length < 2;
  const lines = found.filter(
    (place) => place.kind === 'log' && !lives[place.environment ?? 0]!.isInBand && isClear(place),
  );
  const groups = Map.groupBy(
    lines,
    ({ environment, status, attempt, result }) =>
      `${status} of attempt ${attempt} in ${environment}: ${result?.slice(0, 60)}`,
  );
  return [...groups].flatMap(([what, group]) =>
    group.length > 1
      ? [{ kind: 'repeated', truth, why: `${group.length} log lines: ${what}` } as const]
      : [],
  );
}
