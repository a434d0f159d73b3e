/** Compares where every report is, and what it says, with what is true. */

import { type Place, placesIn } from './account.ts';
import { repeatedAmong, type Sent, sentByTask, staleAmong, storedOf } from './history.ts';
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
  readonly hasSentinel: boolean;
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
      ...judgeHistory(truth, ofTask),
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
  const what = found.map(({ kind, status }) => `${status} in ${kind}`).join(', ');
  const wasRight = storedOf(sent).some(({ status }) =>
    truth.statuses.some((each) => each === status),
  );
  return [{ kind: wasRight ? 'stale' : 'false', truth, why: `${what}, not ${truth.statuses}` }];
}

/**
 * Nobody is left to say anything of an environment whose process was killed and that is not used
 * again, unless there is a sentinel.
 */
function kindOfLoss({ attempts }: Truth, { lives, hasSentinel }: Evidence): VerdictKind {
  const last = attempts.findLast(({ notes }) => notes.length > 0)!;
  if (last.life.environment.lambda.logs.some((line) => /undelivered reports? lost/.test(line))) {
    return 'counted';
  }
  const hasEnded = last.settlement.kind !== 'next' && last.life.end !== 'idle';
  return !hasSentinel && hasEnded && lives.includes(last.life) && isLastOf(last) ? 'gone' : 'lost';
}

/** Whether no process of the environment came after the attempt. */
function isLastOf({ life, toMs }: Attempt): boolean {
  return !life.notes().some(({ atMs }) => atMs - performance.timeOrigin > toMs);
}

function judgeHistory(truth: Truth, sent: readonly Sent[]): Verdict[] {
  const last = storedOf(sent).at(-1);
  const stale = staleAmong(sent);
  const repeated = repeatedAmong(sent).filter(
    ({ life, call }) => !hasDiedBefore(truth, life, call),
  );
  return [
    ...stale.map(({ attempt, life, call }) => {
      const end = call === last?.call ? 'in the end' : 'for a while';
      const why = `attempt ${attempt} from ${life.name} replaced a later one ${end}`;
      return { kind: 'stale', truth, why } as const;
    }),
    ...repeated.map(({ attempt, life, call }) => {
      const why = `call ${call.number} sent attempt ${attempt} from ${life.name} again`;
      return { kind: 'repeated', truth, why } as const;
    }),
  ];
}

/** A process that dies may not have noted yet that its report was taken. */
function hasDiedBefore({ attempts }: Truth, life: Life, call: { fromMs: number }): boolean {
  return attempts.some(
    (attempt) =>
      attempt.life === life && attempt.settlement.kind !== 'next' && attempt.fromMs < call.fromMs,
  );
}

/** In-band each process writes down what it finds waiting: `replay` sends it once. */
function judgeLines(truth: Truth, found: readonly Place[], lives: readonly Life[]): Verdict[] {
  const lines = found.filter(
    ({ kind, environment = 0 }) => kind === 'log' && !lives[environment]!.isInBand,
  );
  const groups = Map.groupBy(
    lines,
    ({ environment, status, attempt }) => `${status} of attempt ${attempt} in ${environment}`,
  );
  return [...groups].flatMap(([what, group]) =>
    group.length > 1
      ? [{ kind: 'repeated', truth, why: `${group.length} log lines: ${what}` } as const]
      : [],
  );
}
