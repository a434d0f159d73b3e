/** Where the reports of runs are: in the task history, in an environment's /tmp, or in a log. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPlatform } from '../../src/local/local-platform.ts';
import type { Lambda } from '../support/lambda/lambda.ts';

export type Status = 'completed' | 'failed';

export interface Place {
  readonly kind: 'history' | 'spool' | 'log';
  readonly environment?: number;
  readonly id: string;
  readonly status: string;
}

export function placesIn(
  platform: Pick<LocalPlatform, 'tasks'>,
  environments: readonly Pick<Lambda, 'tmp' | 'logs'>[],
): Place[] {
  return [
    ...platform.tasks().map(({ id, status }) => ({ kind: 'history', id, status }) as const),
    ...environments.flatMap(({ tmp, logs }, environment) => [
      ...waitingIn(tmp).map((place) => ({ ...place, environment })),
      ...logs.flatMap((line) => undelivered(line) ?? []).map((one) => ({ ...one, environment })),
    ]),
  ];
}

/** All but the first of several that are the same. */
export function duplicatesAmong(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter((place) => {
    const key = JSON.stringify(place);
    const isSecond = seen.has(key);
    seen.add(key);
    return isSecond;
  });
}

/** The stubs of runs whose report was not safe. */
export function stubsIn(tmp: string): string[] {
  const files = globSync(join(tmp, 'xpander-lambda/runs/*.jsonl'));
  return files.map((file) => readFileSync(file, 'utf8')).filter((text) => text !== '');
}

export function waitingIn(tmp: string): Place[] {
  const files = globSync(join(tmp, 'xpander-lambda/spool-*/*'));
  return files.map((file) => placeOf('spool', JSON.parse(readFileSync(file, 'utf8'))));
}

function undelivered(line: string): Place | undefined {
  const [, record] = /undelivered report (\{.*\})/.exec(line) ?? [];
  return record === undefined ? undefined : placeOf('log', JSON.parse(record));
}

function placeOf(
  kind: Place['kind'],
  { report }: { report: { id: string; is_success: boolean } },
): Place {
  return { kind, id: report.id, status: report.is_success ? 'completed' : 'failed' };
}
