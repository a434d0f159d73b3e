/** The sentinel logs as the function does: in its format, from its level on. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { LogLevel } from '../../src/config/option-values.ts';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { createExtensionLog } from '../../src/sentinel/server/extension-log.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { type BuiltSentinel, buildSentinel, startGuarded } from './guarded-function.ts';

let sentinel: BuiltSentinel;
beforeAll(async () => {
  sentinel = await buildSentinel();
});
afterAll(() => sentinel[Symbol.asyncDispose]());

const json = { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'ERROR' };

test.each([
  ['the key refused', 401],
  ['the report refused', 422],
])('in a JSON log of errors only, %s: a report is one JSON line', async (_, status) => {
  const lambda = await startRefused(json, status);

  const result = await lambda.invoke({ way: 'answers' });
  await result.settled;

  const [line, ...others] = sentinelLines(lambda);
  expect(others).toEqual([]);
  expect(JSON.parse(line ?? '')).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'ERROR',
    message: expect.stringMatching(/^\[xpander-lambda\] undelivered report \{.*\}$/),
  });
  expect(JSON.parse(line ?? '').message).toContain(result.requestId);
});

test.each([
  ['a text log', {}],
  ['XPANDER_LOG_LEVEL=error', { XPANDER_LOG_LEVEL: 'error' }],
])('%s: a report is a plain line', async (_, environment) => {
  const lambda = await startRefused(environment, 422);

  await (await lambda.invoke({ way: 'answers' })).settled;

  expect(sentinelLines(lambda)).toEqual([
    expect.stringMatching(/^\[xpander-lambda\] undelivered report \{.*\}$/),
  ]);
});

test.each<[LogLevel, string | undefined, string[]]>([
  ['warn', undefined, ['WARN', 'ERROR']],
  ['debug', 'DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['debug', 'TRACE', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['debug', 'INFO', ['INFO', 'WARN', 'ERROR']],
  ['error', 'DEBUG', ['ERROR']],
  ['debug', 'ERROR', ['ERROR']],
  ['debug', 'FATAL', []],
  ['silent', 'DEBUG', []],
])('level %s and AWS_LAMBDA_LOG_LEVEL %s: %j', (level, lambdaLevel, expected) => {
  const levels: string[] = [];
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => levels.push(JSON.parse(line).level));
  }

  const log = createExtensionLog(level, {
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: lambdaLevel,
  });
  for (const method of ['debug', 'info', 'warn', 'error'] as const) log[method]('text');

  vi.restoreAllMocks();
  expect(levels).toEqual(expected);
});

test('the launcher logs in the same format', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'launcher-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // Without the program beside it.
  const launcher = join(folder, 'extensions', 'xpander-sentinel');
  await cp(join(sentinel.extensions, 'xpander-sentinel'), launcher);

  expect(JSON.parse(await firstError(launcher, json))).toMatchObject({
    level: 'ERROR',
    message: expect.stringMatching(/^\[xpander-lambda\] the sentinel does nothing: .*read\.$/),
  });
  expect(await firstError(launcher, {})).toMatch(/^\[xpander-lambda\] the sentinel does nothing/);
});

async function startRefused(
  environment: Readonly<Record<string, string>>,
  status: number,
): Promise<Lambda> {
  const platform = await startLocalPlatform({ faults: { kind: 'status', status } });
  onTestFinished(() => platform.close());
  const { lambda } = await startGuarded(sentinel, { platform, environment });
  return lambda;
}

/** All lines of ours: while the sentinel takes the reports, the function has none. */
function sentinelLines({ logs }: Lambda): string[] {
  return logs.filter((line) => line.includes('[xpander-lambda]'));
}

/** The first line on standard error; the launcher itself does not end. */
async function firstError(
  launcher: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH, AWS_LAMBDA_RUNTIME_API: '127.0.0.1:1', ...environment };
  const child = spawn(launcher, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    for await (const text of child.stderr.setEncoding('utf8')) return text;
    return '';
  } finally {
    process.kill(-Number(child.pid), 'SIGKILL');
  }
}
