/** Findings of the doctor on the log of a function. Uses a fake AWS because moto has no logging settings. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { examine } from './run-doctor.ts';

test.each([
  [undefined, 'Undelivered reports are visible in the text log.'],
  [{ LogFormat: 'Text' }, 'Undelivered reports are visible in the text log.'],
  [
    { LogFormat: 'JSON', ApplicationLogLevel: 'ERROR', SystemLogLevel: 'INFO' },
    'Undelivered reports are visible in the JSON log at level ERROR.',
  ],
])('accepts the logging configuration %j', async (LoggingConfig, message) => {
  const { byCheck } = await examineWith(LoggingConfig);

  expect(byCheck['logging']).toEqual({ check: 'logging', status: 'ok', message });
});

test('suggests a command that changes only the log level if it hides undelivered reports', async () => {
  const LoggingConfig = {
    LogFormat: 'JSON',
    ApplicationLogLevel: 'FATAL',
    SystemLogLevel: 'WARN',
    LogGroup: "/team/agent's #1 $(touch pwned)",
  };

  const { byCheck } = await examineWith(LoggingConfig);

  const { status, message, fix = [] } = byCheck['logging'] ?? {};
  expect(status).toBe('warning');
  expect(message).toMatch(/FATAL hides undelivered reports/);
  expect(fix).toHaveLength(1);
  const [update, wait] = await recordAwsCalls(fix.join('\n'));
  expect(update?.slice(0, -1)).toEqual([
    ...['lambda', 'update-function-configuration'],
    ...['--function-name', 'agent', '--region', 'eu-central-1', '--logging-config'],
  ]);
  expect(JSON.parse(update?.at(-1) ?? '')).toEqual({
    ...LoggingConfig,
    ApplicationLogLevel: 'ERROR',
  });
  expect(wait).toContain('function-updated-v2');
});

/** Examines a function with this logging configuration. All other AWS calls are denied. */
async function examineWith(LoggingConfig: object | undefined): ReturnType<typeof examine> {
  const found = {
    FunctionName: 'agent',
    FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:agent',
    Runtime: 'nodejs24.x',
    LoggingConfig,
  };
  const server = createServer((request, response) => {
    const isConfiguration = request.url?.endsWith('/functions/agent/configuration');
    response.writeHead(isConfiguration ? 200 : 403, { 'content-type': 'application/json' });
    response.end(isConfiguration ? JSON.stringify(found) : '{}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return examine('agent', {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-secret-access-key',
  });
}

/** Runs commands in a shell whose `aws` only records its arguments. */
async function recordAwsCalls(commands: string): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'shell-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const calls = join(folder, 'calls');
  await writeFile(
    join(folder, 'aws'),
    `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify(process.argv.slice(2)) + '\\n');\n`,
  );
  await chmod(join(folder, 'aws'), 0o755);
  const PATH = `${folder}:${process.env['PATH']}`;
  await promisify(execFile)('sh', ['-ec', commands], { cwd: folder, env: { PATH } });
  const lines = (await readFile(calls, 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
