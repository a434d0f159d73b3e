/** Where the reports of tasks are: in the task history, in an environment's /tmp, or in a log. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import type { Lambda } from '../support/lambda/lambda.ts';

export type Status = 'completed' | 'failed';

export interface Place {
  readonly kind: 'history' | 'spool' | 'journal' | 'log';
  readonly environment?: number;
  readonly id: string;
  readonly status: string;
  /** To which attempt the report belongs, where it has the event. */
  readonly attempt?: number | undefined;
  readonly result?: string | undefined;
}

/** The attempt that the input of a report names. */
export function attemptIn(input: unknown): number | undefined {
  const [, attempt] = /"attempt":\s*(\d+)/.exec(String(input)) ?? [];
  return attempt === undefined ? undefined : Number(attempt);
}

export function placesIn(
  platform: Pick<LocalPlatform, 'tasks'>,
  environments: readonly Pick<Lambda, 'tmp' | 'logs'>[],
): Place[] {
  return [
    ...platform
      .tasks()
      .map(
        ({ id, status, input }) =>
          ({ kind: 'history', id, status, attempt: attemptIn(input) }) as const,
      ),
    ...environments.flatMap(({ tmp, logs }, environment) => [
      ...[...waitingIn(tmp), ...journalIn(tmp)].map((place) => ({ ...place, environment })),
      ...logs.flatMap((line) => undelivered(line) ?? []).map((one) => ({ ...one, environment })),
    ]),
  ];
}

/** Journal entries of tasks whose report is neither kept nor delivered. */
function journalIn(tmp: string): Place[] {
  const files = globSync(join(tmp, 'xpander-lambda/runs/*.jsonl'));
  return files.flatMap((file) => {
    const steps = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => parsed(line) ?? []);
    const { id, ended, raw }: JournalEntry = Object.assign({}, ...steps);
    if (id === undefined) return [];
    const status = ended?.isSuccess === true ? 'completed' : 'failed';
    return [{ kind: 'journal', id, status, attempt: attemptIn(raw?.input) }];
  });
}

interface JournalEntry {
  readonly id?: string;
  readonly ended?: { readonly isSuccess: boolean };
  readonly raw?: { readonly input?: string };
}

function parsed(line: string): object | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export function waitingIn(tmp: string): Place[] {
  const files = globSync(join(tmp, 'xpander-lambda/spool-*/*'));
  return files.map((file) => placeOf('spool', JSON.parse(readFileSync(file, 'utf8'))));
}

function undelivered(line: string): Place | undefined {
  const [, record] = /undelivered report (\{.*\})/.exec(messageOf(line)) ?? [];
  return record === undefined ? undefined : placeOf('log', JSON.parse(record));
}

/** Functions on Managed Instances log objects. */
function messageOf(line: string): string {
  const object: { readonly message?: unknown } | undefined = line.startsWith('{')
    ? parsed(line)
    : undefined;
  return typeof object?.message === 'string' ? object.message : line;
}

function placeOf(
  kind: Place['kind'],
  { report }: { report: { id: string; is_success: boolean; input: unknown; result: string } },
): Place {
  const { id, is_success: isSuccess, input, result } = report;
  const status = isSuccess ? 'completed' : 'failed';
  return { kind, id, status, attempt: attemptIn(input), result };
}
