/** How processes end, with an internal extension in the function, and what stays. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, happenings, startExtended, timeBetween } from './extended-function.ts';

test('after its time an extension is reset although the caller has its answer', async () => {
  const lambda = await startExtended({ timeoutMs: 1_500, environment: { ON_SIGTERM: 'ends' } });
  const before = answerOf(await lambda.invoke({}));

  const result = await lambda.invoke({ workMs: 60_000 });
  const settlement = await result.settled;
  const after = answerOf(await lambda.invoke({}));

  expect(result.kind).toBe('response');
  expect(result.responseMs).toBeLessThan(1_500);
  expect(settlement).toMatchObject({ kind: 'timeout', extensionsDoneMs: undefined });
  expect(settlement.doneMs).toBeGreaterThanOrEqual(1_499);
  expect(after.pid).not.toBe(before.pid);
  expect(after.files).toEqual(['sigterm']);
});

test('a handler that takes too long is told before it is killed', async () => {
  const lambda = await startExtended({ timeoutMs: 700, environment: { ON_SIGTERM: 'ends' } });

  const result = await lambda.invoke({ outcome: 'wait' });

  expect(result.kind).toBe('timeout');
  expect(happenings(lambda).slice(-4)).toEqual(['timeout', 'shutdown', 'SIGTERM', 'exit']);
  expect(await readFile(join(lambda.tmp, 'sigterm'), 'utf8')).toBe('x');
});

test('a process that stays is killed half a second after it was told', async () => {
  const lambda = await startExtended({ timeoutMs: 700, environment: { ON_SIGTERM: 'stays' } });

  await lambda.invoke({ outcome: 'wait' });

  expect(happenings(lambda).slice(-4)).toEqual(['shutdown', 'SIGTERM', 'SIGKILL', 'exit']);
  expect(timeBetween(lambda, 'SIGTERM', 'SIGKILL')).toBeGreaterThanOrEqual(490);
});

test('beside an external extension the runtime has six tenths of a second', async () => {
  const lambda = await startExtended({ otherExtensions: 1, environment: { ON_SIGTERM: 'stays' } });

  await lambda.shutdown();

  expect(timeBetween(lambda, 'SIGTERM', 'SIGKILL')).toBeGreaterThanOrEqual(590);
});

test('without an extension a process is killed at once', async () => {
  const lambda = await startExtended({
    extensionsApi: 'missing',
    timeoutMs: 700,
    environment: { ON_SIGTERM: 'ends' },
  });

  await lambda.invoke({ outcome: 'wait' });

  expect(happenings(lambda).slice(-3)).toEqual(['shutdown', 'SIGKILL', 'exit']);
});

test('a crash resets the environment and keeps its files', async () => {
  const lambda = await startExtended();
  await lambda.invoke({ outcome: 'write', file: 'kept' });

  const crash = await lambda.invoke({ outcome: 'exit' });
  const next = await lambda.invoke({});

  expect(crash).toMatchObject({ kind: 'exit', exitCode: 3, errorType: 'Runtime.ExitError' });
  expect(answerOf(next).files).toEqual(['kept']);
  expect(answerOf(next).registered).toMatchObject({ status: 200 });
  // The time of the second init is the invocation's.
  expect(next.responseMs).toBeGreaterThan(timeBetween(lambda, 'process-start', 'init-done') / 2);
});

test('an extension that reports its end names the error', async () => {
  const lambda = await startExtended();

  expect(await lambda.invoke({ outcome: 'exitError' })).toMatchObject({
    kind: 'exit',
    errorType: 'Extension.ExitError',
  });
});

test('an init in which an extension never asks for an event is repeated and times out', async () => {
  const environment = { EXTENSION_NEVER_ASKS: 'true' };
  const lambda = await startExtended({ environment, timeoutMs: 900, initLimitMs: 500 });

  const result = await lambda.invoke({});

  expect(result).toMatchObject({ kind: 'timeout' });
  expect(happenings(lambda).filter((what) => what === 'process-start')).toHaveLength(2);
  expect(happenings(lambda)).not.toContain('event-to-runtime');
});

test('an environment that is not needed any more is told so', async () => {
  const lambda = await startExtended({ environment: { ON_SIGTERM: 'ends' } });
  await lambda.invoke({});

  const exit = await lambda.shutdown();

  expect(exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
  expect(await readFile(join(lambda.tmp, 'sigterm'), 'utf8')).toBe('x');
  expect(happenings(lambda).slice(-5)).toEqual(['freeze', 'shutdown', 'thaw', 'SIGTERM', 'exit']);
  expect(lambda.pid).toBeUndefined();
  expect(await lambda.shutdown()).toBeUndefined();
});

test('a folder that was passed in is used and stays', async () => {
  const first = await startExtended();
  await first.invoke({ outcome: 'write', file: 'breadcrumb' });
  const second = await startExtended({ tmp: first.tmp });

  const { files } = answerOf(await second.invoke({}));
  await second.close();

  expect(files).toEqual(['breadcrumb']);
  expect(await readFile(join(first.tmp, 'breadcrumb'), 'utf8')).toBe('x');
});

test('an own folder is gone after closing', async () => {
  const lambda = await startExtended();
  await lambda.invoke({ outcome: 'write', file: 'breadcrumb' });

  await lambda.close();

  await expect(readFile(join(lambda.tmp, 'breadcrumb'))).rejects.toThrow('ENOENT');
});
