/** Whatever is asked of a spool, in whatever order, it does what a list in memory would do. */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpool, type PendingReport } from '../../../src/delivery/spool/spool.ts';
import { freshFolder } from './fresh-folder.ts';
import { waitingReport } from './sample-spooled.ts';

const all = 10_000;
const room = { maxBytes: 4_000, maxCount: 8 };

const keep = fc.record({
  kind: fc.constant('keep' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
  isSuccess: fc.boolean(),
  since: fc.integer({ min: 0, max: 5 }),
  length: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 5_000 })),
});
const remove = fc.record({
  kind: fc.constant('remove' as const),
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
});
const next = fc.record({
  kind: fc.constant('next' as const),
  count: fc.integer({ min: 0, max: 9 }),
});
const reopen = fc.record({ kind: fc.constant('reopen' as const) });
const steps = fc.array(fc.oneof({ arbitrary: keep, weight: 6 }, remove, next, reopen), {
  maxLength: 60,
  size: 'max',
});

test('keeps, replaces, gives up and hands out like a list in memory', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const folder = freshFolder();
      let spool = createSpool({ folder, ...room });
      const model = createModel();
      script.forEach((step, index) => {
        if (step.kind === 'keep') {
          // The number of the step makes each report one of its kind.
          const waiting = waitingReport({
            ...step,
            attempts: index,
            result: 'x'.repeat(step.length),
          });
          expect(told(spool.keep(waiting))).toEqual(told(model.keep(waiting)));
        } else if (step.kind === 'remove') {
          spool.remove(step.id);
          model.remove(step.id);
        } else if (step.kind === 'next') {
          expect(told(spool.next(step.count))).toEqual(told(model.inOrder().slice(0, step.count)));
        } else {
          spool = createSpool({ folder, ...room });
        }
        expect(spool.size()).toEqual(model.size());
        expect(spool.size().count).toBeLessThanOrEqual(room.maxCount);
        expect(spool.size().bytes).toBeLessThanOrEqual(room.maxBytes);
      });

      expect(createSpool({ folder }).next(all)).toEqual(model.inOrder());
      rmSync(dirname(dirname(folder)), { recursive: true });
    }),
    { numRuns: 150 },
  );
});

test('each report that was put in is kept, was replaced, removed or handed back', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const folder = freshFolder();
      const spool = createSpool({ folder, ...room });
      const put: number[] = [];
      const accounted: number[] = [];
      const held = (id: string): number[] =>
        spool
          .next(all)
          .filter(({ report }) => report.id === id)
          .map(({ attempts }) => attempts);

      script.forEach((step, index) => {
        if (step.kind === 'remove') {
          accounted.push(...held(step.id));
          spool.remove(step.id);
        } else if (step.kind === 'keep') {
          accounted.push(...held(step.id));
          put.push(index);
          const waiting = waitingReport({
            ...step,
            attempts: index,
            result: 'x'.repeat(step.length),
          });
          accounted.push(...spool.keep(waiting).map(({ attempts }) => attempts));
        }
      });
      accounted.push(
        ...createSpool({ folder })
          .next(all)
          .map(({ attempts }) => attempts),
      );

      expect(accounted.toSorted((one, other) => one - other)).toEqual(put);
      rmSync(dirname(dirname(folder)), { recursive: true });
    }),
    { numRuns: 100 },
  );
});

/** Enough to tell reports apart when an assertion fails. */
function told(waiting: readonly PendingReport[]): readonly string[] {
  return waiting.map(
    ({ report, since, attempts }) =>
      `${report.id} ${report.is_success ? 'success' : 'failure'} since ${since}, step ${attempts}`,
  );
}

function createModel() {
  let held: PendingReport[] = [];
  const bytesOf = (waiting: PendingReport): number => Buffer.byteLength(JSON.stringify(waiting));
  const bytes = (of: readonly PendingReport[]): number =>
    of.reduce((sum, waiting) => sum + bytesOf(waiting), 0);
  const isFull = (of: readonly PendingReport[]): boolean =>
    of.length > room.maxCount || bytes(of) > room.maxBytes;
  const oldestFirst = (of: readonly PendingReport[]): PendingReport[] =>
    of.toSorted((one, other) => one.since - other.since);
  const failures = (): PendingReport[] => oldestFirst(held.filter((one) => !one.report.is_success));
  const successes = (): PendingReport[] => oldestFirst(held.filter((one) => one.report.is_success));
  const remove = (id: string | null): void => {
    held = held.filter(({ report }) => report.id !== id);
  };

  return {
    remove,
    inOrder: () => [...failures(), ...successes()],
    size: () => ({ count: held.length, bytes: bytes(held) }),
    keep(waiting: PendingReport): readonly PendingReport[] {
      remove(waiting.report.id);
      const before = held;
      held = [...held, waiting];
      const givenUp: PendingReport[] = [];
      for (const candidate of [...successes(), ...failures()]) {
        if (!isFull(held)) break;
        if (candidate === waiting) {
          held = before;
          return [waiting];
        }
        held = held.filter((one) => one !== candidate);
        givenUp.push(candidate);
      }
      return givenUp;
    },
  };
}
