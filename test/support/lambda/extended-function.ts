/** A function with an internal extension, and what tests want to know of it. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { InvocationResult } from './invocation-result.ts';
import { type Lambda, type LambdaOptions, startLambda } from './lambda.ts';
import type { Happening } from './timeline.ts';

/** What `answer` of its handler returns. */
export interface Answer {
  readonly pid?: number;
  readonly registered?: unknown;
  readonly received?: readonly { readonly requestId: string }[];
  readonly files?: readonly string[];
}

/** Lasts as long as the test. */
export async function startExtended(options: Partial<LambdaOptions> = {}): Promise<Lambda> {
  const taskRoot = fileURLToPath(new URL('handlers', import.meta.url));
  const lambda = await startLambda({
    handler: 'extension.handler',
    taskRoot,
    timeoutMs: 20_000,
    ...options,
  });
  onTestFinished(lambda.close);
  return lambda;
}

export function responseOf(result: InvocationResult): InvocationResult & { kind: 'response' } {
  if (result.kind !== 'response') throw new Error(`It ended with ${result.kind}.`);
  return result;
}

export function answerOf(result: InvocationResult): Answer {
  return JSON.parse(responseOf(result).body) as Answer;
}

export function happenings({ timeline }: Lambda): Happening[] {
  return timeline.map(({ what }) => what);
}

/** Two that have no order, in that which they had. */
export function inAnyOrder(lambda: Lambda, pair: readonly Happening[]): Happening[] {
  const last = happenings(lambda).filter((what) => pair.includes(what));
  return last.slice(0, 2).toSorted((one, other) => last.indexOf(one) - last.indexOf(other));
}

/** Of the last time that both happened. */
export function timeBetween({ timeline }: Lambda, first: Happening, second: Happening): number {
  const at = (happening: Happening): number =>
    timeline.findLast(({ what }) => what === happening)?.atMs ?? Number.NaN;
  return at(second) - at(first);
}

/** `T` is stopped, as /proc tells. */
export async function processState({ pid }: Lambda): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return /^State:\s+(\w)/m.exec(status)?.[1];
}
