/** The extension of a process as a whole, with a server of raw bytes in Lambda's place. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Extension, joinExtension } from '../../../src/delivery/lambda-extension/extension.ts';
import { closedPort } from '../../support/closed-port.ts';
import { fakeRuntime } from './fake-runtime.ts';
import { answer, registered, type ScriptedApi, scriptedApi } from './scripted-api.ts';

const event = { requestId: 'one', deadlineMs: Date.now() + 60_000 };

// Each loop goes on after its test, and warns when its server is gone.
console.warn = () => undefined;

// A process has one; each test here stands for a process of its own.
beforeEach(() => {
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (key.description?.startsWith('xpander-lambda.extension'))
      Reflect.deleteProperty(globalThis, key);
  }
  const others = process.listeners('exit');
  onTestFinished(() => {
    for (const listener of process.listeners('exit')) {
      if (!others.includes(listener)) process.off('exit', listener);
    }
  });
});

test.each<[string, Record<string, string>]>([
  ['off Lambda', { AWS_LAMBDA_RUNTIME_API: '' }],
  ['on a Managed Instance', { AWS_LAMBDA_MAX_CONCURRENCY: '8' }],
  ['under SnapStart', { AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' }],
])('there is none %s, and Lambda is asked for nothing', async (_, environment) => {
  const api = await scriptedApi(registered);
  const runtime = fakeRuntime();

  const extension = joinExtension({ ...at(api), ...environment }, runtime);

  expect(extension).toBeUndefined();
  expect(runtime.delays).toEqual([]);
  expect(await api.received()).toEqual([]);
});

test('there is none where the runtime client cannot be observed', async () => {
  const api = await scriptedApi(registered);

  expect(joinExtension(at(api), undefined)).toBeUndefined();
  expect(await api.received()).toEqual([]);
});

test('it registers once, however many reporters ask for it', async () => {
  const api = await scriptedApi(registered);

  const first = join(api);
  const second = join(api);
  await first.refusal;

  expect(second).toBe(first);
  const [connection = '', ...others] = await api.received();
  expect(connection.match(/register/g)).toHaveLength(1);
  expect(others).toEqual([]);
});

test('the connection of the registration serves for the events', async () => {
  const api = await scriptedApi(registered);

  join(api);

  await expect
    .poll(api.received)
    .toEqual([
      expect.stringMatching(
        /\r\n\r\n\{"events":\["INVOKE"\]\}GET \/2020-01-01\/extension\/event\/next /,
      ),
    ]);
  expect((await api.received())[0]).toContain('lambda-extension-identifier: id-1\r\n');
});

test('the first event of the runtime waits for the registration, for a second at most', async () => {
  const api = await scriptedApi(50, registered);
  const runtime = fakeRuntime();

  const extension = joinExtension(at(api), runtime);
  const [delay, ...others] = runtime.delays;
  const before = extension?.canHold(event);
  await delay?.work;

  expect([before, extension?.canHold(event)]).toEqual([false, true]);
  expect(delay?.limitMs).toBe(1_000);
  expect(others).toEqual([]);
});

test('a runtime that has asked for its first event waits for nothing', async () => {
  const api = await scriptedApi(registered);
  const runtime = fakeRuntime({ hasAsked: () => true });

  await joinExtension(at(api), runtime)?.refusal;

  expect(runtime.delays).toEqual([]);
});

test('a refusal is known, and its connection is closed', async () => {
  const body = '{"errorType":"Extension.RegistrationClosed"}';
  const api = await scriptedApi(answer(403, body));

  const extension = join(api);

  expect(await extension.refusal).toBe('Extension.RegistrationClosed');
  expect(extension.canHold(event)).toBe(false);
  expect(extension.hold(event, 1_000)).toBeUndefined();
  await expect.poll(api.open).toBe(0);
});

test('where nobody listens the registration counts as refused', async () => {
  const environment = { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${await closedPort()}` };

  const extension = joinExtension(environment, fakeRuntime());

  expect(await extension?.refusal).toBe('ECONNREFUSED');
  expect(extension?.canHold(event)).toBe(false);
});

test('as long as no reply has come nothing is held, and nothing is refused', async () => {
  const api = await scriptedApi(100, registered);

  const extension = join(api);
  const early = extension.hold(event, 1_000);
  const refusal = await extension.refusal;

  expect([early, refusal]).toEqual([undefined, undefined]);
  expect(extension.hold(event, 1_000)).toBeDefined();
});

test('a console that throws does not end the process when the connection is lost', async () => {
  const { warn } = console;
  onTestFinished(() => {
    console.warn = warn;
  });
  let warnings = 0;
  console.warn = () => {
    warnings += 1;
    throw new Error('The console is closed.');
  };
  const rejected = vi.fn();
  process.prependListener('unhandledRejection', rejected);
  onTestFinished(() => void process.off('unhandledRejection', rejected));
  const api = await scriptedApi(registered, 20, 'reset');

  join(api);

  // It asks again, on another connection.
  await expect.poll(async () => (await api.received()).length).toBeGreaterThan(1);
  expect(warnings).toBe(1);
  expect(rejected).not.toHaveBeenCalled();
});

function join(api: ScriptedApi): Extension {
  const extension = joinExtension(at(api), fakeRuntime());
  if (extension === undefined) throw new Error('There is no extension.');
  return extension;
}

function at({ port }: ScriptedApi): Record<string, string> {
  return { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` };
}
