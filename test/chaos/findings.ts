/** All that a run has shown: the verdicts before and after `replay`, in a table with traces. */

import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import type { Place } from './account.ts';
import type { Attachment } from './attachments.ts';
import {
  type Disturbance,
  type DisturbanceTimes,
  disturbancesOf,
  leaksOf,
} from './disturbances.ts';
import { sentByTask } from './history.ts';
import type { Slot } from './lives.ts';
import { replayLogs } from './replay-logs.ts';
import type { Attempt } from './run-plan.ts';
import { traceOf } from './trace.ts';
import { type Truth, truthsOf } from './truth.ts';
import { judge, type Verdict, type VerdictKind } from './verdicts.ts';

export interface Run extends DisturbanceTimes {
  readonly attachment: Attachment;
  readonly seed: number;
  readonly platform: LocalPlatform;
  readonly slots: readonly Slot[];
  readonly attempts: readonly Attempt[];
  /** By the clock of `performance.now()`. */
  readonly startMs: number;
}

export interface Findings {
  /** What must not be, each with its trace. */
  readonly failures: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** What docs/delivery.md names as a limitation, and what nobody can exclude. */
const tolerated: readonly VerdictKind[] = ['gone', 'counted', 'raced'];

export async function findingsOf(run: Run): Promise<Findings> {
  const { platform, slots, attempts, timeoutMs, marginMs, startMs } = run;
  const lives = slots.flatMap((slot) => slot.lives);
  const lambdas = lives.map(({ environment }) => environment.lambda);
  const truths = truthsOf(attempts, { timeoutMs, ambiguousMs: marginMs });
  const evidence = {
    tasks: platform,
    truths,
    lives,
    attempts,
  };

  const before = judge(evidence);
  const replayed = await replayLogs(platform, lambdas);
  const after = judge({ ...evidence, isReplayed: true });
  const known = new Set(before.verdicts.map(({ truth, kind }) => `${kind} ${truth.id}`));
  const added = after.verdicts.filter(({ truth, kind }) => !known.has(`${kind} ${truth.id}`));
  const disturbances = [...disturbancesOf(attempts, run), ...leaksOf(lives, 'key-of-the-test')];
  const verdicts = [...before.verdicts, ...added];
  const sent = sentByTask(lives);
  const explain = (id: string): string[] => {
    const ofId = attempts.filter(({ step }) => step.requestId === id);
    return traceOf({ attempts: ofId, sent: sent.get(id) ?? [], all: attempts, startMs });
  };
  return {
    failures: [
      ...verdicts.filter(({ kind }) => !tolerated.includes(kind)).map((one) => text(one, explain)),
      ...disturbances.map((one) => text(one, explain)),
      ...unknownIn(before.places, truths),
      ...unsent(replayed),
    ],
    counts: {
      invocations: attempts.length,
      tasks: truths.size,
      environments: lives.length,
      ...countsOf(attempts.map(({ result }) => result.kind)),
      ...tasksIn(before.places),
      ...countsOf([...verdicts, ...disturbances].map(({ kind }) => kind)),
      ambiguous: [...truths.values()].filter(({ statuses }) => statuses.length > 1).length,
      replayed: Number(replayed?.['sent'] ?? 0),
    },
  };
}

export function formatFindings({ attachment, seed, startMs }: Run, { counts }: Findings): string {
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  const cells = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `${attachment.name}, seed ${seed}, ${seconds} s: ${cells.join(', ')}`;
}

function text(found: Verdict | Disturbance, explain: (id: string) => readonly string[]): string {
  const id = 'truth' in found ? found.truth.id : found.id;
  return [`${found.kind}: ${id}: ${found.why}`, ...explain(id)].join('\n  ');
}

function unknownIn(places: readonly Place[], truths: ReadonlyMap<string, Truth>): string[] {
  return places
    .filter(({ id }) => !truths.has(id))
    .map((place) => `unknown: ${JSON.stringify(place)}`);
}

/** What `replay` could not send, although the platform was well. */
function unsent(replayed: Awaited<ReturnType<typeof replayLogs>>): string[] {
  if (replayed === undefined) return [];
  const { notSent, unreadable, notTried, stopped } = replayed;
  const left = { notSent, unreadable, notTried, stopped };
  const isDone =
    JSON.stringify(left) === '{"notSent":[],"unreadable":[],"notTried":0,"stopped":null}';
  return isDone ? [] : [`replay: ${JSON.stringify(left).slice(0, 1_000)}`];
}

function tasksIn(places: readonly Place[]): Record<string, number> {
  const kinds = Map.groupBy(places, ({ kind }) => kind);
  const count = (of: readonly Place[]): number => new Set(of.map(({ id }) => id)).size;
  return Object.fromEntries([...kinds].map(([kind, of]) => [`in ${kind}`, count(of)]));
}

function countsOf(names: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.length]));
}
