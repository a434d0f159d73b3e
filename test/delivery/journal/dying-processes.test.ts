/** Deaths of real processes that no error announces, and disks that are full. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JournalEntry } from '../../../src/delivery/journal/journal-entry.ts';
import { findOrphanedTasks } from '../../../src/delivery/journal/orphaned-runs.ts';
import { createRunStubs } from '../../../src/delivery/journal/run-journal.ts';

const module = new URL('../../../src/delivery/journal/run-journal.ts', import.meta.url).href;
const record: JournalEntry = {
  id: 'run-1',
  agentId: 'agent-123',
  baseUrl: 'https://inbound.xpander.ai',
  startedAt: 1_000,
  deadlineMs: 4_000,
};

test('an exit in the turn in which the run begins is told', async () => {
  const folder = temporaryFolder();

  const { end } = await run(folder, 'process.exit(3);');

  expect(end).toEqual([3, undefined]);
  expect(findOrphanedTasks(folder)).toMatchObject([
    { stub: { ...record, crash: { cause: expect.stringMatching(/exited with code 3 before/) } } },
  ]);
});

test('a process that runs out of memory leaves its stub', async () => {
  const folder = temporaryFolder();

  const { end, stderr } = await run(
    folder,
    'const hoard = []; for (;;) hoard.push(new Array(100_000).fill(hoard.length));',
    ['--max-old-space-size=32'],
  );

  expect(end).toEqual([undefined, 'SIGABRT']);
  expect(stderr).toMatch(/heap out of memory/);
  expect(findOrphanedTasks(folder).map(({ stub }) => stub)).toEqual([record]);
});

test('a process that is killed in an endless loop leaves its stub', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, code(folder, "console.log('looping'); for (;;);"));
  await once(child.stdout, 'data');
  const meanwhile = findOrphanedTasks(folder);

  child.kill('SIGKILL');
  await once(child, 'close');

  expect(meanwhile).toEqual([]);
  expect(findOrphanedTasks(folder).map(({ stub }) => stub)).toEqual([record]);
});

test('of runs at the same time those are lost that have not ended', async () => {
  const folder = temporaryFolder();

  await run(
    folder,
    `stubs.open({ ...record, id: 'run-2' }).close();
     stubs.open({ ...record, id: 'run-3' });
     stubs.open({ ...record, id: 'run-4' }).add({ ended: { isSuccess: true, at: 2_000 } });
     process.exit(1);`,
  );

  const lost = findOrphanedTasks(folder).map(({ stub }) => stub.id);
  expect(lost.sort()).toEqual(['run-1', 'run-3', 'run-4']);
});

test.each([40, 100, 300])(
  'on a disk that has room for %i more bytes, what fits is told, and nothing else',
  async (room) => {
    const folder = temporaryFolder();
    // The limit of a file's size stands for the room: a write is cut there as well.
    const script = `
      const text = 'x'.repeat(${room});
      stub.add({ report: { ...record, input: text } });
      stub.add({ isReported: true });
      process.exit(3);`;

    const { end } = await runLimited(folder, script, JSON.stringify(record).length + room);

    expect(end).toEqual([3, undefined]);
    const [lost] = findOrphanedTasks(folder);
    expect(lost?.stub).toMatchObject(record);
    expect(lost?.stub.report).toBeUndefined();
  },
);

test('a line that a full disk has cut does not take the next one with it', async () => {
  const folder = temporaryFolder();
  const script = `
    const { execFileSync } = await import('node:child_process');
    stub.add({ report: { ...record, input: 'x'.repeat(100) } });
    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=100000:unlimited']);
    process.exit(3);`;

  await runLimited(folder, script, JSON.stringify(record).length + 50);

  expect(findOrphanedTasks(folder)).toMatchObject([
    { stub: { ...record, crash: { cause: expect.stringMatching(/exited with code 3 before/) } } },
  ]);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is no hindrance', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o500);

  const stub = createRunStubs(folder).open(record);
  stub.add({ isReported: true });
  stub.close();

  expect(readdirSync(folder)).toEqual([]);
});

interface Ended {
  /** Exit code and signal. */
  readonly end: unknown;
  readonly stderr: string;
}

/** What `script` finds is the journal entry of a run that has just begun. */
function code(folder: string, script: string): string[] {
  return [
    '--input-type=module',
    '--eval',
    `const { sharedJournal } = await import(${JSON.stringify(module)});
     const record = ${JSON.stringify(record)};
     const stubs = sharedJournal(${JSON.stringify(folder)});
     const stub = stubs.open(record);
     ${script}`,
  ];
}

function run(folder: string, script: string, options: readonly string[] = []): Promise<Ended> {
  return execute(process.execPath, [...options, ...code(folder, script)]);
}

/** With a limit of a file's size, in bytes; a write beyond it fails like one to a full disk. */
function runLimited(folder: string, script: string, bytes: number): Promise<Ended> {
  const limit = `--fsize=${bytes}:unlimited`;
  return execute('prlimit', [limit, process.execPath, ...code(folder, script)]);
}

function execute(program: string, parameters: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, parameters, (error, _, stderr) => {
      resolve({ end: [error?.code ?? undefined, error?.signal ?? undefined], stderr });
    });
  });
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
