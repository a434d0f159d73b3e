/** What lies in the folder and was not left there by a spool that ended well. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSpool } from '../../../src/delivery/spool/spool.ts';
import { freshFolder } from './fresh-folder.ts';
import { idsOf, waitingReport } from './sample-spooled.ts';

const all = 10_000;
const good = waitingReport({ id: 'good', since: 2 });
const bad = waitingReport({ id: 'bad', since: 1 });

/** A folder with a good report, and the path of another one that comes before it. */
function folderWithPlace(): { folder: string; place: string } {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  spool.keep(good);
  const before = readdirSync(folder);
  spool.keep(bad);
  const [name = ''] = readdirSync(folder).filter((file) => !before.includes(file));
  unlinkSync(join(folder, name));
  return { folder, place: join(folder, name) };
}

const text = JSON.stringify(bad);

test.each<[string, string | Uint8Array]>([
  ['is empty', ''],
  ['was torn', text.slice(0, -20)],
  ['is binary', Uint8Array.from({ length: 4_096 }, (_, index) => index)],
  ['is not an object', '42'],
  ['is null', 'null'],
  ['is another object', '{"id":"bad"}'],
  ['lacks a field', text.replace('"is_success":true,', '')],
  ['has a wrong field', text.replace('"is_success":true', '"is_success":"yes"')],
  ['has a wrong field further in', text.replace('"total_tokens":5', '"total_tokens":"5"')],
  ['has no list of tools', text.replace('["search"]', '[1]')],
  ['holds a report with another id', text.replace('"bad"', '"other"')],
  [
    'holds a failure under the name of a success',
    text.replace('"is_success":true', '"is_success":false'),
  ],
])('a file that %s is reported as damaged, removed and skipped', (_, content) => {
  const { folder, place } = folderWithPlace();
  writeFileSync(place, content);
  const damaged: unknown[] = [];
  const spool = createSpool({ folder, onDamaged: (file) => damaged.push(file) });

  const next = spool.next(1);

  expect(damaged).toEqual([expect.objectContaining({ isSuccess: true, since: 1 })]);
  expect(next).toEqual([good]);
  expect(existsSync(place)).toBe(false);
  expect(spool.size().count).toBe(1);
});

test('a file that is damaged while it waits is removed and skipped', () => {
  const folder = freshFolder();
  const spool = createSpool({ folder });
  spool.keep(bad);
  const [name = ''] = readdirSync(folder);
  spool.keep(good);

  truncateSync(join(folder, name), 100);

  expect(spool.next(all)).toEqual([good]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a file larger than all room is removed without being read', () => {
  const { folder, place } = folderWithPlace();
  writeFileSync(place, '');
  truncateSync(place, 10 * 2 ** 30);
  const spool = createSpool({ folder });

  expect(spool.next(all)).toEqual([good]);
  expect(existsSync(place)).toBe(false);
});

test('a file larger than all room takes nobody else his place', () => {
  const { folder, place } = folderWithPlace();
  const failure = place.replace('report-s', 'report-f');
  writeFileSync(failure, '');
  truncateSync(failure, 10 * 2 ** 30);
  const spool = createSpool({ folder });
  const added = waitingReport({ id: 'new', since: 3 });

  expect(spool.keep(added)).toEqual([]);
  expect(spool.next(all)).toEqual([good, added]);
});

test('a link is not followed: it goes, and what it points to stays', () => {
  const { folder, place } = folderWithPlace();
  const target = join(dirname(folder), 'precious.json');
  writeFileSync(target, text);
  symlinkSync(target, place);
  const spool = createSpool({ folder });

  expect(spool.next(all)).toEqual([good]);
  expect(existsSync(place)).toBe(false);
  expect(readFileSync(target, 'utf8')).toBe(text);
});

test('a file that becomes a link is not followed', () => {
  const { folder, place } = folderWithPlace();
  const target = join(dirname(folder), 'precious.json');
  writeFileSync(target, text);
  writeFileSync(place, text);
  const spool = createSpool({ folder });
  spool.size();
  unlinkSync(place);
  symlinkSync(target, place);

  expect(spool.next(all)).toEqual([good]);
  expect(readFileSync(target, 'utf8')).toBe(text);
});

test('a folder under the name of a report is left alone', () => {
  const { folder, place } = folderWithPlace();
  mkdirSync(place);
  writeFileSync(join(place, 'inside'), 'x');
  const spool = createSpool({ folder, maxCount: 1 });

  expect(spool.keep(waitingReport({ id: 'new', since: 3 }))).toEqual([good]);
  expect(idsOf(spool.next(all))).toEqual(['new']);
  expect(existsSync(join(place, 'inside'))).toBe(true);
});

test('a named pipe under the name of a report holds nobody up', () => {
  const { folder, place } = folderWithPlace();
  writeFileSync(place, text);
  const spool = createSpool({ folder });
  spool.size();
  unlinkSync(place);
  execFileSync('mkfifo', [place]);

  expect(spool.next(all)).toEqual([good]);
  expect(createSpool({ folder }).next(all)).toEqual([good]);
});

test('what is not named like a report is left alone', () => {
  const { folder } = folderWithPlace();
  const names = [
    'notes.txt',
    'report.json',
    'report-f-1-2-3.json',
    'report-x-000000000000001-000000000000001-00000000000000000000000000000000.json',
    'report-f-000000000000001-000000000000001-0000000000000000000000000000000A.json',
    'unfinished-work.tmp',
    'run-1-1-abc.jsonl',
  ];
  for (const name of names) writeFileSync(join(folder, name), 'mine');
  const spool = createSpool({ folder, maxCount: 1 });

  spool.keep(waitingReport({ id: 'new', since: 3 }));
  spool.remove('new');

  expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
});

test('what a dead process left unfinished is removed, what a living one writes is not', () => {
  const { folder } = folderWithPlace();
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const started = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19];
  const living = `unfinished-${process.pid}-${started}-abc.tmp`;
  const earlier = `unfinished-${process.pid}-${Number(started) - 1}-abc.tmp`;
  for (const name of [`unfinished-${dead}-1-abc.tmp`, earlier, living]) {
    writeFileSync(join(folder, name), text.slice(0, 50));
  }

  const spool = createSpool({ folder });

  expect(spool.next(all)).toEqual([good]);
  expect(readdirSync(folder).filter((name) => name.startsWith('unfinished'))).toEqual([living]);
});

test('names of a far future do not use up the numbers', () => {
  const { folder, place } = folderWithPlace();
  writeFileSync(place.replace(/-\d{15}-(\w{32})/, '-999999999999999-$1'), text);
  const spool = createSpool({ folder });
  const later = [...'abcdefgh'].map((id) => waitingReport({ id, since: 3 }));

  for (const waiting of later) spool.keep(waiting);

  expect(createSpool({ folder }).next(all)).toEqual([bad, good, ...later]);
});

test('a disk that is full keeps nothing of a report, and says so', () => {
  const folder = freshFolder();
  const script = fileURLToPath(new URL('keep-one.ts', import.meta.url));

  // Past the limit a write ends in an error, after part of it was written.
  const shell = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';
  const { stdout } = spawnSync('sh', ['-c', shell, process.execPath, script, folder], {
    encoding: 'utf8',
  });

  expect(stdout.trim().split('\n')).toEqual([
    'small: kept',
    'large: given up',
    'small again: kept',
  ]);
  expect(readdirSync(folder)).toHaveLength(2);
  expect(readdirSync(folder).every((name) => statSync(join(folder, name)).size < 4_096)).toBe(true);
});
