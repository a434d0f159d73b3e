import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startLambda } from '../lambda/lambda.ts';
import { ensureRuntimeClient } from './runtime-client.ts';

const taskRoot = fileURLToPath(new URL('../lambda/handlers', import.meta.url));

test('the stand-in sends what the installed client sends', async () => {
  const installed = await outcomes();
  vi.stubEnv('RUNTIME_CLIENT', 'stand-in');
  const standIn = await outcomes();

  expect(standIn).toEqual(installed);
});

test('the variable RUNTIME_CLIENT chooses the stand-in', async () => {
  vi.stubEnv('RUNTIME_CLIENT', 'stand-in');

  expect(await ensureRuntimeClient()).toMatchObject({
    kind: 'stand-in',
    runtime: 'nodejs24.x',
    description: expect.stringMatching(
      /^aws-lambda-ric 4\.0\.2 on Node\.js 24\.\d+\.\d+, stand-in for the native client \(as RUNTIME_CLIENT says\)$/,
    ),
  });
});

test('another value of RUNTIME_CLIENT is refused', async () => {
  vi.stubEnv('RUNTIME_CLIENT', 'fast');

  await expect(ensureRuntimeClient()).rejects.toThrow(
    'RUNTIME_CLIENT is "fast": use "native", "stand-in", or leave it out.',
  );
});

/** What a function with the client that is used now sends in a few cases. */
async function outcomes(): Promise<unknown[]> {
  await using lambda = await startLambda({
    handler: 'outcomes.handler',
    taskRoot,
    timeoutMs: 20_000,
  });
  const sent: unknown[] = [];
  for (const outcome of ['text', 'undefined', 'throwError', 'throwNull', 'context', 'never']) {
    const result = await lambda.invoke(
      { outcome, text: 'naïve ✓' },
      { requestId: 'id-1', clientContext: { name: 'naïve ✓' }, tenantId: 'tenant-1' },
    );
    sent.push(comparable(result));
  }
  return sent;
}

/** Without times, process ids, trace ids, and stack frames, in which the client's own path is. */
function comparable(result: object): unknown {
  return JSON.parse(
    JSON.stringify(result, (key, value: unknown) => {
      if (['responseMs', 'settled', 'logs', 'trace', 'payload'].includes(key)) return undefined;
      if (typeof value !== 'string') return value;
      return value
        .replace(/"stack":\[.*?\]/, '"stack":[]')
        .replace(/"paths":\[.*?\]/, '"paths":[]')
        .replace(/"xRayTraceId":".*?"/, '"xRayTraceId":""')
        .replace(/"remainingMs":\d+/, '"remainingMs":0');
    }),
  );
}
