/** What a process leaves behind when it dies, and what the next one makes of it. */
import { execFile, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { identityOf } from '../../../src/base/process-identity.ts';
import { type JournalEntry, parseStub } from '../../../src/delivery/journal/journal-entry.ts';
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

test.each([
  ['process.exit(3)', /exited with code 3 before/],
  ["throw new RangeError('out of nowhere')", /uncaught error.*RangeError: out of nowhere\n\s+at /],
  ["void Promise.reject(new TypeError('unheard'))", /unhandled rejection.*TypeError: unheard/],
  ["process.kill(process.pid, 'SIGKILL')", undefined],
])('%s: it ends as without us, and the stub says why', async (death, cause) => {
  const folder = temporaryFolder();

  const bare = await run(`setTimeout(() => { ${death} }, 10);`);
  const watched = await run(
    `const { sharedJournal } = await import(${JSON.stringify(module)});
     sharedJournal(${JSON.stringify(folder)}).open(${JSON.stringify(record)});
     setTimeout(() => { ${death} }, 10);`,
  );

  expect(watched.end).toEqual(bare.end);
  expect(withoutPlaces(watched.stderr)).toBe(withoutPlaces(bare.stderr));
  const [lost, ...others] = findOrphanedTasks(folder);
  expect(others).toEqual([]);
  expect(lost?.stub).toMatchObject(record);
  if (cause) expect(lost?.stub.crash?.cause).toMatch(cause);
  else expect(lost?.stub.crash).toBeUndefined();
  lost?.forget();
  expect(readdirSync(folder)).toEqual([]);
});

test('a run that is over, and one of a living process, leave nothing', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1_000)']);
  onTestFinished(() => void child.kill());
  const other = identityOf(child.pid ?? 0);
  writeFileSync(join(folder, `run-${other}-x.jsonl`), `${JSON.stringify(record)}\n`);
  const stubs = createRunStubs(folder);

  stubs.open(record).close();
  stubs.open(record);

  expect(findOrphanedTasks(folder)).toEqual([]);
});

test('a process with the number of a dead one is not taken for it', () => {
  const folder = temporaryFolder();
  const [pid] = identityOf('self')?.split('-') ?? [];
  writeFileSync(join(folder, `run-${pid}-1-x.jsonl`), `${JSON.stringify(record)}\n`);

  expect(findOrphanedTasks(folder)).toMatchObject([{ stub: record }]);
});

test('what is not ours is left alone, what is not readable is removed', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  writeFileSync(join(folder, 'run-1-1-empty.jsonl'), '');
  writeFileSync(join(folder, 'run-1-1-binary.jsonl'), Buffer.alloc(100, 0xff));
  mkdirSync(join(folder, 'run-1-1-folder.jsonl'));
  symlinkSync(join(folder, 'notes.txt'), join(folder, 'run-1-1-link.jsonl'));

  expect(findOrphanedTasks(folder)).toEqual([]);

  expect(readdirSync(folder)).toEqual(['notes.txt', 'run-1-1-folder.jsonl']);
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
});

test('files are used again: ten thousand runs need one', () => {
  const folder = temporaryFolder();
  const stubs = createRunStubs(folder);
  const before = readdirSync('/proc/self/fd').length;

  for (let count = 0; count < 10_000; count += 1) {
    const stub = stubs.open({ ...record, id: `run-${count}` });
    stub.add({ ended: { isSuccess: true, at: 2_000 } });
    stub.close();
    stub.close();
  }

  expect(readdirSync(folder)).toHaveLength(1);
  expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  expect(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')).toBe('');
});

test('where nothing can be written a stub does nothing', () => {
  const folder = join(temporaryFolder(), 'taken');
  writeFileSync(folder, '');

  const stub = createRunStubs(folder).open(record);

  expect(() => {
    stub.add({ isReported: true });
    stub.close();
  }).not.toThrow();
});

test('cut anywhere, a stub says what was written before, or nothing', () => {
  const steps: Partial<JournalEntry>[] = [
    record,
    { report: { ...wire, input: 'zwölf "Fragen"\n' } },
    { isReported: true },
    { ended: { isSuccess: false, at: 2_000 } },
  ];
  const bytes = Buffer.from(steps.map((step) => `${JSON.stringify(step)}\n`).join(''));
  const states = steps.map((_, index) => Object.assign({}, ...steps.slice(0, index + 1)));

  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length }), (cut) => {
      const parsed = parseStub(bytes.subarray(0, cut).toString());
      expect([undefined, ...states]).toContainEqual(parsed);
    }),
    { numRuns: bytes.length },
  );
});

test.each<[string, Partial<JournalEntry>, number, object]>([
  [
    'answered',
    { ended: { isSuccess: true, at: 1_500 }, crash: { cause: 'later', at: 1_600 } },
    9_000,
    { isSuccess: true, durationSeconds: 0.5 },
  ],
  [
    'crashed',
    { crash: { cause: 'The process exited.', at: 2_500 } },
    9_000,
    { isSuccess: false, text: 'The process exited.', durationSeconds: 1.5 },
  ],
  [
    'found before its time was over',
    {},
    3_999,
    { isSuccess: false, text: expect.stringMatching(/was killed/), durationSeconds: 0 },
  ],
  [
    'found after that',
    {},
    4_000,
    { isSuccess: false, text: expect.stringMatching(/timed out after 3\.0 s/), durationSeconds: 3 },
  ],
])('a run that %s', (_, step, now, expected) => {
  expect(outcomeOf({ ...record, ...step }, now)).toMatchObject(expected);
});

const wire = {
  id: 'run-1',
  input: null,
  llm_response: null,
  tokens: null,
  is_success: false,
  result: null,
  duration: 0,
  used_tools: [],
};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs code as a module of its own and says how its process ended. */
function run(code: string): Promise<{ readonly end: unknown; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', code], (error, _, stderr) =>
      resolve({ end: [error?.code, error?.signal], stderr }),
    );
  });
}

function withoutPlaces(stderr: string): string {
  return stderr.replace(/\d+:\d+|:\d+\n/g, '').replace(/^.*setTimeout.*\n\s*\^$/gm, '');
}
