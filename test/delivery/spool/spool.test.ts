import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSpool, type PendingReport } from '../../../src/delivery/spool/spool.ts';
import { freshFolder } from './fresh-folder.ts';
import { idsOf, type Sample, waitingReport } from './sample-spooled.ts';

const all = 10_000;

/** In words: `f2` is a failure that waits since 2. */
function sample(word: string): PendingReport {
  return waitingReport({
    id: word,
    isSuccess: word.startsWith('s'),
    since: Number(word.slice(1)),
  });
}

test('gives a report back as it was', () => {
  const spool = createSpool({ folder: freshFolder() });
  const waiting = waitingReport({ id: 'run/1 ä\n', result: 'Größe: 1 €' });

  const givenUp = spool.keep(waiting);

  expect(givenUp).toEqual([]);
  expect(spool.next(1)).toEqual([waiting]);
});

test('gives it back to the next process in the same environment', () => {
  const folder = freshFolder();
  const waiting = waitingReport({ id: 'a' });

  createSpool({ folder }).keep(waiting);

  const reopened = createSpool({ folder });
  expect(reopened.next(1)).toEqual([waiting]);
  expect(reopened.size()).toEqual({ count: 1, bytes: Buffer.byteLength(JSON.stringify(waiting)) });
});

test('a folder without reports is not made', () => {
  const folder = freshFolder();

  const spool = createSpool({ folder });
  spool.remove('a');
  const seen = [spool.next(5), spool.size()];

  expect(seen).toEqual([[], { count: 0, bytes: 0 }]);
  expect(existsSync(dirname(folder))).toBe(false);
});

test('nobody else can read it', () => {
  const folder = freshFolder();

  createSpool({ folder }).keep(waitingReport({ id: 'a' }));

  const [name = ''] = readdirSync(folder);
  const modes = [folder, join(folder, name)].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

test('a folder that others could read is closed to them', () => {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);

  createSpool({ folder }).keep(waitingReport({ id: 'a' }));

  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each<[string, readonly string[], readonly string[]]>([
  ['failures first, then the oldest', ['s1', 'f4', 's3', 'f2'], ['f2', 'f4', 's1', 's3']],
  [
    'in the order in which they came when they are equally old',
    ['s5', 's05', 'f5', 's005'],
    ['f5', 's5', 's05', 's005'],
  ],
])('the next ones are %s', (_, kept, order) => {
  const folder = freshFolder();
  const spool = createSpool({ folder });

  for (const word of kept) spool.keep(sample(word));

  expect(idsOf(spool.next(all))).toEqual(order);
  expect(idsOf(spool.next(2))).toEqual(order.slice(0, 2));
  expect(idsOf(createSpool({ folder }).next(all))).toEqual(order);
});

test.each<[string, readonly string[], string, readonly string[]]>([
  ['the oldest success', ['f1', 's3', 's2'], 'f9', ['s2']],
  ['the oldest success, for a success', ['f1', 's3', 's2'], 's9', ['s2']],
  ['the new success when it is the oldest', ['f1', 's3', 's2'], 's1', ['s1']],
  ['the new success when all others are failures', ['f1', 'f2', 'f3'], 's9', ['s9']],
  ['the oldest failure when there is nothing else', ['f1', 'f2', 'f3'], 'f9', ['f1']],
  ['the new failure when it is the oldest', ['f4', 'f2', 'f3'], 'f1', ['f1']],
])('when it is full, %s gives way', (_, kept, added, lost) => {
  const spool = createSpool({ folder: freshFolder(), maxCount: 3 });
  for (const word of kept) spool.keep(sample(word));

  const givenUp = spool.keep(sample(added));

  expect(givenUp).toEqual(lost.map(sample));
  expect(new Set(idsOf(spool.next(all)))).toEqual(
    new Set([...kept, added].filter((word) => !lost.includes(word))),
  );
});

test('a large report takes the place of as many as it needs', () => {
  const size = Buffer.byteLength(JSON.stringify(sample('s1')));
  const spool = createSpool({ folder: freshFolder(), maxBytes: size * 4 });
  for (const word of ['s1', 's2', 's3', 's4']) spool.keep(sample(word));

  const large = waitingReport({ id: 'f5', isSuccess: false, result: 'x'.repeat(1.9 * size) });
  const givenUp = spool.keep(large);

  expect(idsOf(givenUp)).toEqual(['s1', 's2', 's3']);
  expect(spool.next(all)).toEqual([large, sample('s4')]);
  expect(spool.size().bytes).toBeLessThanOrEqual(size * 4);
});

test.each([
  ['a success that would displace what is more important', ['f1', 's1'], { id: 's5', since: 5 }],
  [
    'a report larger than all room',
    ['f1', 's1'],
    { id: 'f5', isSuccess: false, result: 'x'.repeat(5_000) },
  ],
] satisfies [string, string[], Sample][])('gives up %s, and nothing for it', (_, kept, wanted) => {
  const size = Buffer.byteLength(JSON.stringify(sample('f1')));
  const spool = createSpool({ folder: freshFolder(), maxBytes: size * 2 + 10 });
  for (const word of kept) spool.keep(sample(word));
  const large = waitingReport({ result: 'x'.repeat(size + 20), ...wanted });

  const givenUp = spool.keep(large);

  expect(givenUp).toEqual([large]);
  expect(givenUp[0]).toBe(large);
  expect(idsOf(spool.next(all))).toEqual(kept);
});

test('what does not fit any more after a restart with less room is handed out', () => {
  const folder = freshFolder();
  const before = createSpool({ folder });
  for (const word of ['f1', 's2', 's3', 'f4', 's5']) before.keep(sample(word));

  const spool = createSpool({ folder, maxCount: 3 });
  const givenUp = spool.keep(sample('s6'));

  expect(idsOf(givenUp)).toEqual(['s2', 's3', 's5']);
  expect(idsOf(spool.next(all))).toEqual(['f1', 'f4', 's6']);
});

test('a report with the same id replaces the older one', () => {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  spool.keep(waitingReport({ id: 'a', isSuccess: false, since: 1 }));
  spool.keep(waitingReport({ id: 'a', isSuccess: true, since: 1 }));
  const latest = waitingReport({ id: 'a', isSuccess: true, since: 1, attempts: 7 });

  const givenUp = spool.keep(latest);

  expect(givenUp).toEqual([]);
  expect(spool.next(all)).toEqual([latest]);
  expect(readdirSync(folder)).toHaveLength(1);
  expect(createSpool({ folder }).next(all)).toEqual([latest]);
});

test('the older one is not sent when the newer one cannot be kept', () => {
  const spool = createSpool({ folder: freshFolder(), maxBytes: 2_000 });
  spool.keep(waitingReport({ id: 'a', isSuccess: false }));
  const latest = waitingReport({ id: 'a', result: 'x'.repeat(2_000) });

  const givenUp = spool.keep(latest);

  expect(givenUp).toEqual([latest]);
  expect(spool.next(all)).toEqual([]);
});

test('of two files with the same id the newer one counts, whatever else their names say', () => {
  const folder = freshFolder();
  const newer = waitingReport({ id: 'a', isSuccess: true, since: 1 });
  const aside = freshFolder();
  createSpool({ folder: aside }).keep(waitingReport({ id: 'a', isSuccess: false, since: 9 }));
  const [left = ''] = readdirSync(aside);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, left), JSON.stringify(waitingReport({ id: 'a', isSuccess: false })));
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  createSpool({ folder: join(folder, 'other') }).keep(newer);
  const [name = ''] = readdirSync(join(folder, 'other'));
  writeFileSync(join(folder, name), JSON.stringify(newer));

  const spool = createSpool({ folder });

  expect(spool.next(all)).toEqual([newer]);
  expect(spool.size().count).toBe(1);
  expect(existsSync(join(folder, left))).toBe(false);
});

test('the newer one counts even if the clock was set back between them', () => {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  vi.useFakeTimers({ now: 1_790_000_000_000, toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  spool.keep(waitingReport({ id: 'a', isSuccess: false }));
  const [old = ''] = readdirSync(folder);
  const oldText = JSON.stringify(waitingReport({ id: 'a', isSuccess: false }));
  vi.setSystemTime(1_790_000_000_000 - 3_600_000);

  createSpool({ folder }).keep(waitingReport({ id: 'a', isSuccess: true }));
  // As if the process had died before it removed the old file.
  writeFileSync(join(folder, old), oldText);

  expect(createSpool({ folder }).next(all)).toEqual([waitingReport({ id: 'a', isSuccess: true })]);
});

test('a report that was delivered is forgotten, also one that an earlier process kept', () => {
  const folder = freshFolder();
  const earlier = createSpool({ folder });
  for (const id of ['a', 'b', 'c']) earlier.keep(waitingReport({ id }));

  const spool = createSpool({ folder });
  spool.remove('b');
  spool.remove('never kept');

  expect(idsOf(spool.next(all))).toEqual(['a', 'c']);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a report without an id is given up: sent twice it would be two records', () => {
  const spool = createSpool({ folder: freshFolder() });
  const { report, ...rest } = waitingReport({ id: 'a' });
  const waiting = { report: { ...report, id: null }, ...rest };

  expect(spool.keep(waiting)).toEqual([waiting]);
  expect(spool.size().count).toBe(0);
});

test.each<[string, unknown]>([
  ['holds itself', cyclic()],
  ['holds a bigint', 1n],
  [
    'throws when it is read',
    {
      get text() {
        throw new Error('no');
      },
    },
  ],
])('a report that cannot be written because it %s is given up', (_, llmResponse) => {
  const spool = createSpool({ folder: freshFolder() });
  const { report, ...rest } = waitingReport({ id: 'a' });
  const waiting = { report: { ...report, llm_response: llmResponse }, ...rest };

  const givenUp = spool.keep(waiting);

  expect(givenUp[0]).toBe(waiting);
  expect(spool.size().count).toBe(0);
});

test('a report with numbers that JSON does not know is given up instead of damaged', () => {
  const spool = createSpool({ folder: freshFolder() });
  const { report, ...rest } = waitingReport({ id: 'a' });
  const waiting = { report: { ...report, duration: Number.NaN }, ...rest };

  expect(spool.keep(waiting)).toEqual([waiting]);
});

test('two processes share a folder', () => {
  const folder = freshFolder();
  createSpool({ folder }).keep(waitingReport({ id: 'old' }));
  const [one, other] = [createSpool({ folder, maxCount: 2 }), createSpool({ folder, maxCount: 2 })];
  const seenByBoth = [idsOf(one.next(all)), idsOf(other.next(all))];

  one.keep(waitingReport({ id: 'mine' }));
  other.keep(waitingReport({ id: 'yours' }));
  one.remove('old');
  const afterwards = idsOf(other.next(all));
  const givenUp = other.keep(waitingReport({ id: 'one more' }));

  expect(seenByBoth).toEqual([['old'], ['old']]);
  expect(afterwards).toEqual(['yours']);
  expect(givenUp).toEqual([]);
  expect(other.size().count).toBe(2);
  expect(new Set(idsOf(createSpool({ folder }).next(all)))).toEqual(
    new Set(['mine', 'yours', 'one more']),
  );
});

test('what another process took meanwhile does not have to be given up', () => {
  const folder = freshFolder();
  const earlier = createSpool({ folder });
  for (const word of ['s1', 's2']) earlier.keep(sample(word));
  const spool = createSpool({ folder, maxCount: 2 });
  spool.next(1);
  earlier.remove('s1');

  const givenUp = spool.keep(sample('s3'));

  expect(givenUp).toEqual([]);
  expect(idsOf(spool.next(all))).toEqual(['s2', 's3']);
});

test('goes on when somebody empties /tmp', () => {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  spool.keep(waitingReport({ id: 'a' }));
  rmSync(dirname(folder), { recursive: true });

  const givenUp = spool.keep(waitingReport({ id: 'b' }));

  expect(givenUp).toEqual([]);
  expect(idsOf(spool.next(all))).toEqual(['b']);
  expect(spool.size().count).toBe(1);
});

test.each<[string, (folder: string) => void]>([
  ['a file is where the folder should be', (folder) => writeFileSync(folder, 'occupied')],
  ['the folder is a link', (folder) => symlinkSync(elsewhere(), folder)],
  ['the folder is a link to nowhere', (folder) => symlinkSync('/nowhere/at/all', folder)],
])('keeps nothing when %s, and says so', (_, occupy) => {
  const folder = freshFolder();
  mkdirSync(dirname(folder), { recursive: true });
  occupy(folder);
  const spool = createSpool({ folder });
  const waiting = waitingReport({ id: 'a' });

  const seen = [spool.next(1), spool.keep(waiting), spool.next(1), spool.size()];
  spool.remove('a');

  expect(seen).toEqual([[], [waiting], [], { count: 0, bytes: 0 }]);
  expect(lstatSync(folder).isDirectory()).toBe(false);
});

test('lists its folder once: two thousand reports are not looked at again for the next one', () => {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  spool.keep(sample('s5'));
  const [name = ''] = readdirSync(folder);
  const later = createSpool({ folder });
  later.size();

  // A file that arrives later is seen by those who open the folder later.
  writeFileSync(join(folder, name.replace('report-s', 'report-f')), 'x');

  expect(later.size().count).toBe(1);
});

function cyclic(): unknown {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  return self;
}

function elsewhere(): string {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  return folder;
}

test('a report that was logged during a try is not logged again after it', () => {
  const spool = createSpool({ folder: freshFolder() });
  const waiting = waitingReport({ id: 'a' });
  spool.keep(waiting);
  spool.markLogged('a');

  spool.keep({ ...waiting, attempts: 1 });
  expect(spool.unlogged()).toBe(0);

  // Another attempt of the run is another report.
  spool.keep({ ...waiting, since: waiting.since + 1 });
  expect(spool.unlogged()).toBe(1);
});
