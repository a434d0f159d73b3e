/**
 * Lambda resets an environment after a crash or a timeout, and may never use it again: what waited in
 * it is in the log by then, and is sent if the environment is used again after all. `CHAOS=20` makes it
 * 20 resets of each kind.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { placesIn } from './account.ts';
import { attempt, startAttached, ways } from './attached.ts';

const runs = Number(process.env['CHAOS'] || 1);
const timeoutMs = 1_500;

const resets = [
  ['crash', { exits: true, waitMs: 20 }],
  ['timeout', { waitMs: 60_000 }],
] as const;

describe.each(ways)('%s:', { timeout: 60_000 + runs * 15_000 }, (way) => {
  test.each(resets)('a %s', async (_, event) => {
    const platform = await startLocalPlatform();
    onTestFinished(() => platform.close());
    const down = { kind: 'status', status: 503, calls: 'all' } as const;
    const lambda = await startAttached(way, { platform, timeoutMs });
    const linesOf = (id: string): number =>
      placesIn(platform, [lambda]).filter((place) => place.kind === 'log' && place.id === id)
        .length;

    for (let count = 0; count < runs; count += 1) {
      const waiting = [randomUUID(), randomUUID()];
      platform.setFaults(down);
      await attempt(lambda, {}, waiting[0]);
      await attempt(lambda, { fails: true }, waiting[1]);
      await attempt(lambda, event);
      expect(waiting.map(linesOf)).toEqual([1, 1]);

      platform.setFaults(undefined);
      // How many invocations it takes depends on the flush mode, and on how busy the machine is.
      const arrived = async (): Promise<readonly string[]> => {
        await attempt(lambda, { waitMs: 200 });
        return platform.tasks().map(({ id }) => id);
      };
      await expect.poll(arrived).toEqual(expect.arrayContaining(waiting));
      expect(waiting.map(linesOf)).toEqual([1, 1]);
    }
  });
});
