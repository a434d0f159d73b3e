/** On a function with little CPU the sentinel is off, says so, and costs no second Node.js. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minMemoryMb as leastAtSynth } from '../../infra/function-check.ts';
import { minMemoryMb } from '../../src/sentinel/protocol/least-memory.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

test('the launcher, the CDK construct and doctor go by one size', () => {
  const launcher = fileURLToPath(new URL('../../layer/sentinel/xpander-sentinel', import.meta.url));
  const [, size] = /^least_memory_mb=(\d+)$/m.exec(readFileSync(launcher, 'utf8')) ?? [];

  expect([Number(size), leastAtSynth]).toEqual([minMemoryMb, minMemoryMb]);
});

test('with less memory it is off: the function reports itself, also after a crash', async () => {
  const { lambda, platform } = await startGuarded(sentinel, { memoryMb: minMemoryMb - 1 });

  const lost = await lambda.invoke({ way: 'exitsAtOnce' });
  await lost.settled;
  const answered = await lambda.invoke({ way: 'answers' });
  const programs = sentinelPrograms(lambda.opt);
  await answered.settled;
  await lambda.shutdown();

  expect(answered.kind).toBe('response');
  expect(platform.tasks().map(({ status }) => status)).toEqual(
    expect.arrayContaining(['failed', 'completed']),
  );
  expect(programs).toEqual([]);
  expect(new Set(lambda.logs.filter((line) => line.includes('sentinel')))).toEqual(
    new Set([
      '[xpander-lambda] the sentinel is off: it needs 384 MB of memory, and the function has 383 MB, whose share of a CPU is too small for a second process. The function reports its tasks itself. Give it 384 MB or more, or remove the sentinel layer.',
    ]),
  );
});

test.each([
  ['XPANDER_LOG_LEVEL=error', { XPANDER_LOG_LEVEL: 'error' }, 0],
  ['a JSON log', { AWS_LAMBDA_LOG_FORMAT: 'JSON' }, 1],
  ['a JSON log of errors', { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'ERROR' }, 0],
  ['no reporting', { XPANDER_DISABLED: 'true' }, 0],
])('%s: what it says', async (_, environment, lines) => {
  const { lambda } = await startGuarded(sentinel, { memoryMb: 128, environment });

  await (await lambda.invoke({ way: 'answers' })).settled;

  const said = lambda.logs.filter((line) => line.includes('the sentinel is off'));
  expect(said).toHaveLength(lines);
  if (said[0]?.startsWith('{')) {
    expect(JSON.parse(said[0])).toMatchObject({ level: 'WARN', timestamp: expect.any(String) });
  }
});

/** Processes of this machine that run the program of this sentinel. */
function sentinelPrograms(opt = sentinel.opt): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandOf)
    .filter((command) => command.includes(opt) && command.includes('sentinel.mjs'));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
