/**
 * What an environment could not report before it was frozen does not replace the record of a later
 * attempt in another one. `CHAOS=20` makes it 20 runs of each kind.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { attempt, startAttached, type Way, ways } from './attached.ts';

const runs = Number(process.env['CHAOS'] || 1);
const timeoutMs = 1_500;

describe.each(ways)('%s:', { timeout: 60_000 + runs * 15_000 }, (way) => {
  test('a failure shortly before the timeout gives way to the retry', async () => {
    const { first, second, platform } = await setUp(way);

    const ids = await repeat(async (id) => {
      await attempt(first, { waitMs: timeoutMs - 40 - Math.random() * 60, fails: true }, id);
      await attempt(second, {}, id);
      await thaw(first);
    });
    await second.shutdown();

    expect(statusesOf(ids, platform)).toEqual(ids.map(() => 'completed'));
  });

  test('a success whose process crashed after it gives way to a later failure', async () => {
    const { first, second, platform } = await setUp(way);

    const ids = await repeat(async (id) => {
      platform.setFaults({ kind: 'status', status: 503, calls: 'all' });
      await attempt(first, { exitsAfter: 100 }, id);
      // A process that is frozen before it exits does so now.
      await attempt(first, { waitMs: 200 });
      platform.setFaults(undefined);
      await attempt(second, { fails: true }, id);
      await thaw(first);
    });

    expect(statusesOf(ids, platform)).toEqual(ids.map(() => 'failed'));
  });

  test('a success that waits replaces the failure of an earlier attempt that comes late', async () => {
    const { first, second, platform } = await setUp(way);

    const ids = await repeat(async (id) => {
      platform.setFaults({ kind: 'status', status: 503, calls: 'all' });
      await attempt(first, { fails: true }, id);
      await attempt(second, {}, id);
      platform.setFaults(undefined);
      await thaw(first);
      await thaw(second);
    });
    await second.shutdown();

    expect(statusesOf(ids, platform)).toEqual(ids.map(() => 'completed'));
  });

  test('a failure whose request was under way gives way to the retry', async () => {
    const { first, second, platform } = await setUp(way);

    const ids = await repeat(async (id) => {
      platform.setFaults({ kind: 'hang', times: 1 });
      await attempt(first, { waitMs: timeoutMs - 450, fails: true }, id);
      platform.setFaults(undefined);
      await attempt(second, {}, id);
      await thaw(first);
    });
    await second.shutdown();

    expect(statusesOf(ids, platform)).toEqual(ids.map(() => 'completed'));
  });
});

interface Stage {
  readonly platform: LocalPlatform;
  readonly first: Lambda;
  readonly second: Lambda;
}

async function setUp(way: Way): Promise<Stage> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const start = (): Promise<Lambda> => startAttached(way, { platform, timeoutMs });
  const [first, second] = await Promise.all([start(), start()]);
  await Promise.all([attempt(first, {}), attempt(second, {})]);
  return { platform, first, second };
}

async function repeat(run: (id: string) => Promise<void>): Promise<string[]> {
  const ids = Array.from({ length: runs }, () => randomUUID());
  for (const id of ids) await run(id);
  return ids;
}

/** Long enough for all that waits. */
async function thaw(lambda: Lambda): Promise<void> {
  for (let count = 0; count < 2; count += 1) await attempt(lambda, { waitMs: 200 });
}

function statusesOf(ids: readonly string[], platform: LocalPlatform): (string | undefined)[] {
  const tasks = platform.tasks();
  return ids.map((id) => tasks.find((task) => task.id === id)?.status);
}
