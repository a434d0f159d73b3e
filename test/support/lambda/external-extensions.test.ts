import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  type ExtensionBehaviour,
  extensionFolder,
  type Note,
  notesOf,
} from './extension-folder.ts';
import { type Lambda, type LambdaOptions, startLambda } from './lambda.ts';

test('the runtime starts when every extension has registered', async () => {
  const lambda = await start({ one: {}, two: {} });

  const until = lambda.timeline.findIndex(({ what }) => what === 'process-start');
  const happenings = lambda.timeline.slice(0, until).map(({ what }) => what);
  expect(happenings.filter((what) => what !== 'extension-next')).toEqual([
    'extension-start',
    'extension-start',
    'extension-registered',
    'extension-registered',
  ]);
  expect(lambda.logs.toSorted()).toEqual(['one is there', 'two is there']);
});

test('a folder among the extensions is not run', async () => {
  const extensions = await extensionFolder({ one: {} });
  await mkdir(join(extensions, 'lib'));

  const lambda = await start({}, { extensions });

  expect((await lambda.invoke({ outcome: 'text' })).kind).toBe('response');
});

test("an extension sees the function's variables, not those of the runtime", async () => {
  const lambda = await start(
    { one: {} },
    { environment: { SETTING: 'of the function', _OWN: 'x' } },
  );

  const [{ environment = {} } = {}] = await notesOf('one', lambda);

  expect(environment).toMatchObject({
    SETTING: 'of the function',
    TMPDIR: lambda.tmp,
    AWS_LAMBDA_FUNCTION_NAME: 'sample-agent',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
  const names = ['_OWN', '_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_EXECUTION_ENV'];
  expect(Object.keys(environment).filter((name) => names.includes(name))).toEqual([]);
});

test('an invocation lasts until the extension is done', async () => {
  const lambda = await start({ one: { workMs: 150 } });

  const result = await lambda.invoke({ outcome: 'text' }, { requestId: 'id-1' });
  const settlement = await result.settled;

  expect(settlement.extensionOverheadMs).toBeGreaterThan(50);
  expect(settlement.doneMs).toBeGreaterThan(result.responseMs);
  expect(eventsOf(await notesOf('one', lambda))).toMatchObject([
    { eventType: 'INVOKE', requestId: 'id-1' },
  ]);
});

test('an extension that is not needed any more is told so, after the runtime has ended', async () => {
  const lambda = await start({ one: {}, two: { events: ['INVOKE'] } });
  await lambda.invoke({ outcome: 'text' });
  const before = Date.now();

  await lambda.shutdown();

  expect(eventsOf(await notesOf('one', lambda)).at(-1)).toEqual({
    eventType: 'SHUTDOWN',
    shutdownReason: 'spindown',
    deadlineMs: expect.toSatisfy((ms: number) => ms >= before + 2000 && ms < before + 4000),
  });
  const afterwards = lambda.timeline.slice(lambda.timeline.findLastIndex(isShutdown));
  expect(afterwards.map(({ what, extension }) => [what, extension])).toEqual([
    ['shutdown', undefined],
    ['thaw', undefined],
    ['SIGTERM', undefined],
    ['exit', undefined],
    ['event-to-extension', 'one'],
    ['SIGKILL', 'two'],
    ['exit', 'two'],
    ['exit', 'one'],
  ]);
});

test('an extension that stays is killed two seconds after the shutdown began', async () => {
  const lambda = await start({ one: { onShutdown: 'stays' } });

  await lambda.shutdown();

  const [began, killed] = ['shutdown', 'SIGKILL'].map(
    (happening) => lambda.timeline.findLast(({ what }) => what === happening)?.atMs ?? Number.NaN,
  );
  expect(Number(killed) - Number(began)).toBeGreaterThanOrEqual(1990);
});

test('a timeout is the reason that an extension is told, and it starts anew', async () => {
  const lambda = await start({ one: {} }, { timeoutMs: 1500 });

  const result = await lambda.invoke({ outcome: 'block' });
  const next = await lambda.invoke({ outcome: 'text' });
  await next.settled;

  expect([result.kind, next.kind]).toEqual(['timeout', 'response']);
  expect(eventsOf(await notesOf('one', lambda))).toMatchObject([
    { eventType: 'INVOKE' },
    { eventType: 'SHUTDOWN', shutdownReason: 'timeout' },
    { eventType: 'INVOKE' },
  ]);
});

test('a crash of the function is told as a failure', async () => {
  const lambda = await start({ one: {} });

  await lambda.invoke({ outcome: 'exit' });

  expect(eventsOf(await notesOf('one', lambda)).at(-1)).toMatchObject({
    eventType: 'SHUTDOWN',
    shutdownReason: 'failure',
  });
});

test('an extension that exits fails the invocation, also with code 0', async () => {
  const lambda = await start({ one: { crash: 'invoke' } });

  const result = await lambda.invoke({ outcome: 'block' });

  expect(result).toMatchObject({ kind: 'exit', exitCode: 0, errorType: 'Extension.Crash' });
  expect(lambda.pid).toBeUndefined();
});

test('an extension that exits before it registers keeps the function from starting', async () => {
  const lambda = await start({ one: { crash: 'start' } });

  const result = await lambda.invoke({ outcome: 'text' });

  expect(result).toMatchObject({ kind: 'exit', exitCode: 9, errorType: 'Extension.Crash' });
  expect(lambda.timeline.map(({ what }) => what)).not.toContain('process-start');
});

test('a file that may not be run fails the launch', async () => {
  const extensions = await extensionFolder({ one: {} });
  await writeFile(join(extensions, 'two'), 'text');
  await chmod(join(extensions, 'two'), 0o644);

  const lambda = await start({}, { extensions });

  expect(await lambda.invoke({})).toMatchObject({ errorType: 'Extension.LaunchError' });
});

async function start(
  extensions: Readonly<Record<string, ExtensionBehaviour>>,
  options: Partial<LambdaOptions> = {},
): Promise<Lambda> {
  const lambda = await startLambda({
    handler: 'outcomes.handler',
    taskRoot: fileURLToPath(new URL('handlers', import.meta.url)),
    timeoutMs: 20_000,
    extensions: await extensionFolder(extensions),
    ...options,
  });
  onTestFinished(lambda.close);
  return lambda;
}

function eventsOf(notes: readonly Note[]): unknown[] {
  return notes.flatMap(({ event }) => (event === undefined ? [] : [event]));
}

function isShutdown({ what }: { readonly what: string }): boolean {
  return what === 'shutdown';
}
