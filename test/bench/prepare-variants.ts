/** Builds the functions and finds out which of them do what they are to be measured for. */

import type { RuntimeClient } from '../support/runtime-client/installed-client.ts';
import type { Skipped } from './bench-results.ts';
import { type BenchmarkedFunction, startFunction } from './benchmarked-function.ts';
import type { Services } from './services.ts';
import type { TaskRoot } from './task-root.ts';
import type { Variant } from './variants.ts';

export interface PreparedVariant {
  readonly name: string;
  readonly baseline: string;
  readonly start: () => Promise<BenchmarkedFunction>;
}

export interface PreparedVariants {
  readonly usable: readonly PreparedVariant[];
  readonly skipped: readonly Skipped[];
}

/** Enough for the first line of a log, which says what is wrong. */
const reasonLength = 400;

/** Each function runs once here, so that its files are in the system's cache for all of them. */
export async function prepareVariants(
  variants: readonly Variant[],
  client: RuntimeClient,
  taskRoot: TaskRoot,
  services: Services,
): Promise<PreparedVariants> {
  const usable: PreparedVariant[] = [];
  const skipped: Skipped[] = [];
  for (const variant of variants) {
    const { name, baseline } = variant;
    try {
      const built = await taskRoot.build(variant);
      const environment = { ...services.environment, ...variant.environment };
      const start = (): Promise<BenchmarkedFunction> =>
        startFunction({ client, built, environment });
      await tryOut(variant, start, services);
      usable.push({ name, baseline, start });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      skipped.push({ name, reason: reason.slice(0, reasonLength) });
    }
  }
  return { usable, skipped };
}

/** @throws Error when the function does not report, or not when it is to */
async function tryOut(
  { reports }: Variant,
  start: () => Promise<BenchmarkedFunction>,
  services: Services,
): Promise<void> {
  const before = await services.reports();
  await using tried = await start();
  await tried.invoke({ question: 'Does it work?' });
  if (reports === 'after' && tried.extensions === 0) {
    throw new Error(`It did not register as an extension. ${logOf(tried)}`);
  }
  const arrived = (await services.reports()) - before;
  const expected = reports === 'never' ? 0 : 1;
  if (arrived !== expected) throw new Error(`${arrived} reports arrived. ${logOf(tried)}`);
}

function logOf({ logs }: BenchmarkedFunction): string {
  return logs.length === 0 ? 'Its log is empty.' : `Its log:\n${logs.slice(0, 5).join('\n')}`;
}
