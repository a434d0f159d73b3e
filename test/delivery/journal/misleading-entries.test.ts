/** Stubs that could mislead: torn, written by somebody else, or of a process that seems to live. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { identityOf, isRunning } from '../../../src/base/process-identity.ts';
import {
  type JournalEntry,
  parseStub,
  stubFileName,
} from '../../../src/delivery/journal/journal-entry.ts';
import { findOrphanedTasks, outcomeOf } from '../../../src/delivery/journal/orphaned-runs.ts';
import { createRunStubs } from '../../../src/delivery/journal/run-journal.ts';

const module = new URL('../../../src/delivery/journal/run-journal.ts', import.meta.url).href;
const record: JournalEntry = {
  id: 'run-1',
  agentId: 'agent-123',
  baseUrl: 'https://inbound.xpander.ai',
  startedAt: 1_000,
  deadlineMs: 4_000,
};
const steps: readonly Partial<JournalEntry>[] = [
  { report: { ...wireReport(), input: 'zwölf "Fragen"\n🙂' } },
  { isReported: true },
  { crash: { cause: 'An error.\n    at line 1', at: 1_500 } },
  { ended: { isSuccess: false, at: 2_000 } },
];

test('a file that is cut at any byte says exactly what was written whole', () => {
  const folder = temporaryFolder();
  const stub = createRunStubs(folder).open(record);
  const file = join(folder, readdirSync(folder)[0] ?? '');
  // How long the file was after each step, and what had been said by then.
  const states = [{ bytes: readFileSync(file).length, said: record }];
  for (const step of steps) {
    stub.add(step);
    const said = { ...(states.at(-1)?.said ?? record), ...step };
    states.push({ bytes: readFileSync(file).length, said });
  }
  const whole = readFileSync(file);
  stub.close();

  for (let cut = 0; cut <= whole.length; cut += 1) {
    const parsed = parseStub(whole.subarray(0, cut).toString());

    const state = states.findLast(({ bytes }) => bytes <= cut);
    expect(parsed, `cut after ${cut} bytes`).toEqual(state?.said);
  }
});

test('whichever lines were cut by a full disk, the others stand', () => {
  const written = steps.map((step) => JSON.stringify(step));

  fc.assert(
    fc.property(fc.tuple(...written.map(({ length }) => fc.nat(length))), (lengths) => {
      const lines = written.map((line, index) => line.slice(0, lengths[index]));
      const isWhole = (index: number): boolean => lengths[index] === written[index]?.length;

      const parsed = parseStub([JSON.stringify(record), ...lines].join('\n'));

      const said = steps.filter((_, index) => isWhole(index));
      expect(parsed).toEqual(Object.assign({}, record, ...said));
    }),
    { examples: [[written.map(({ length }) => length)]] },
  );
});

test('whatever a stranger writes, an outcome is told that can be reported', () => {
  const names = Object.keys({ ...record, ...Object.assign({}, ...steps), other: 1 });
  const strange = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }));

  fc.assert(
    fc.property(fc.array(strange, { maxLength: 4 }), (lines) => {
      const text = [record, ...lines].map((line) => JSON.stringify(line)).join('\n');

      const {
        isSuccess,
        durationSeconds,
        text: told,
      } = outcomeOf(parseStub(text) ?? record, 9_000);

      expect([typeof isSuccess, typeof told]).toEqual(['boolean', 'string']);
      expect(Number.isFinite(durationSeconds)).toBe(true);
    }),
  );
});

test.each([
  ['null', { ended: null }],
  ['not of its form', { crash: 5 }],
  ['half', { ended: { at: 2_000 } }],
  ['a report without an id', { report: {} }],
  ['of no meaning', { other: 1 }],
])('a step that is %s says nothing', (_, step) => {
  const text = `${JSON.stringify(record)}\n${JSON.stringify(step)}`;

  expect(parseStub(text)).toEqual(record);
});

test.each(['id', 'agentId', 'baseUrl', 'startedAt'])('a stub without %s is none', (field) => {
  const text = JSON.stringify({ ...record, [field]: undefined });

  expect(parseStub(text)).toBeUndefined();
});

test.each(['', '\n\n', 'null', '[]', '7', '"run-1"', '{', '\0\0\0'])(
  'the text %j is no stub',
  (text) => {
    expect(parseStub(text)).toBeUndefined();
  },
);

test('an error that the process survived is not why a later run was lost', async () => {
  const folder = temporaryFolder();

  await run(
    folder,
    `process.on('uncaughtException', () => {
       first.close();
       stubs.open({ ...record, id: 'run-2' });
       process.exit(3);
     });
     const first = stubs.open(record);
     setImmediate(() => { throw new Error('survived'); });`,
  );

  expect(causes(folder)).toEqual({
    'run-2': 'The process exited with code 3 before Lambda had a response.',
  });
});

test('an exit that follows an error does not hide it', async () => {
  const folder = temporaryFolder();

  await run(
    folder,
    `process.on('uncaughtException', () => process.exit(129));
     stubs.open(record);
     setImmediate(() => { throw new RangeError('out of nowhere'); });`,
  );

  expect(causes(folder)).toEqual({
    'run-1': expect.stringMatching(/^An uncaught error ended the process: RangeError: out of/),
  });
});

test('a rejection that somebody else hears, and ends the process for, is told', async () => {
  const folder = temporaryFolder();

  const code = await run(
    folder,
    `stubs.open(record);
     void Promise.reject(new TypeError('unheard'));`,
    "process.on('unhandledRejection', () => setImmediate(() => process.exit(129)));",
  );

  expect(code).toBe(129);
  expect(causes(folder)).toEqual({
    'run-1': expect.stringMatching(/^An unhandled rejection ended the process: TypeError: unheard/),
  });
});

test('an error that cannot be read is told as such, and ends the process as ever', async () => {
  const folder = temporaryFolder();

  const code = await run(
    folder,
    `stubs.open(record);
     const trap = { get() { throw new Error('a trap'); } };
     setImmediate(() => { throw Object.defineProperty(new Error(), 'stack', trap); });`,
  );

  expect(code).not.toBe(0);
  expect(causes(folder)).toEqual({
    'run-1': 'An uncaught error ended the process: something that cannot be read',
  });
});

test('a process that is dead and not buried counts as dead', async () => {
  // The shell becomes a program that does not ask how its child has ended.
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
  onTestFinished(() => void parent.kill());
  const [pid] = await once(parent.stdout, 'data');
  const identity = identityOf(Number(pid)) ?? '';
  const folder = temporaryFolder();
  writeFileSync(join(folder, stubFileName(identity)), JSON.stringify(record));
  expect(findOrphanedTasks(folder)).toEqual([]);

  await expect.poll(() => isRunning(identity)).toBe(false);

  expect(readFileSync(`/proc/${Number(pid)}/stat`, 'latin1')).toContain(') Z ');
  expect(findOrphanedTasks(folder)).toMatchObject([{ stub: record }]);
});

test('a command whose name looks like the fields that follow it is told apart', async () => {
  const folder = temporaryFolder();
  const program = 'a) Z 1 2 (b';
  const child = spawn(
    'bash',
    ['-c', `cp "$(command -v sleep)" './${program}'; exec './${program}' 60`],
    {
      cwd: folder,
    },
  );
  onTestFinished(() => void child.kill());
  const pid = child.pid ?? 0;
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(program);

  const identity = identityOf(pid) ?? '';

  expect(identity).toMatch(new RegExp(`^${pid}-\\d+$`));
  expect(isRunning(identity)).toBe(true);
});

test('a damaged file of a dead process is counted and removed, an emptied one only removed', () => {
  const folder = temporaryFolder();
  // Of a process that cannot run: the number is above the highest.
  const [damaged, emptied] = ['run-99999999-1-a.jsonl', 'run-99999999-1-b.jsonl'];
  writeFileSync(join(folder, damaged), '\n{"id":"run-1","agen');
  writeFileSync(join(folder, emptied), '');
  const damages: string[] = [];

  const found = findOrphanedTasks(folder, () => void damages.push('damaged'));

  expect([found, damages, readdirSync(folder)]).toEqual([[], ['damaged'], []]);
});

/** Why each run was lost, as far as its process could say. */
function causes(folder: string): Record<string, string | undefined> {
  return Object.fromEntries(
    findOrphanedTasks(folder).map(({ stub }) => [stub.id, stub.crash?.cause]),
  );
}

/** Runs code that finds the journal entries of its process, and resolves to its exit code. */
function run(folder: string, code: string, before = ''): Promise<unknown> {
  const script = `
    ${before}
    const { sharedJournal } = await import(${JSON.stringify(module)});
    const record = ${JSON.stringify(record)};
    const stubs = sharedJournal(${JSON.stringify(folder)});
    ${code}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error) =>
      resolve(error?.code ?? 0),
    );
  });
}

function wireReport() {
  return {
    id: 'run-1',
    input: null,
    llm_response: null,
    tokens: null,
    is_success: false,
    result: null,
    duration: 0,
    used_tools: [],
  };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
