/** The extension of a process as a whole, with a server of raw bytes in Lambda's place. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { joinExtension, startExtensionEarly } from '../../../src/delivery/extension/extension.ts';
import { answer, registered, type ScriptedApi, scriptedApi } from './scripted-api.ts';

// Each loop goes on after its test, and complains when its server is gone.
console.warn = () => undefined;

// A process has one; each test here stands for a process of its own.
beforeEach(() => {
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (key.description?.startsWith('xpander-lambda.extension'))
      Reflect.deleteProperty(globalThis, key);
  }
});

test.each<[string, Record<string, string>]>([
  ['off Lambda', {}],
  ['on a Managed Instance', { AWS_LAMBDA_MAX_CONCURRENCY: '8' }],
  ['under SnapStart', { AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' }],
])('there is none %s, and nothing is asked for', async (_, environment) => {
  const api = await scriptedApi(registered);
  const address = _ === 'off Lambda' ? {} : at(api);

  const extension = joinExtension({ ...address, ...environment });
  await startExtensionEarly({ ...address, ...environment });

  expect(extension).toBeUndefined();
  expect(await api.received()).toEqual([]);
});

test('it registers once, however often and however it is asked for', async () => {
  const api = await scriptedApi(registered);

  const first = joinExtension(at(api));
  const second = joinExtension(at(api));
  await startExtensionEarly(at(api));

  expect(second).toBe(first);
  const [connection = '', ...others] = await api.received();
  expect(connection.match(/register/g)).toHaveLength(1);
  expect(others).toEqual([]);
});

test('the connection of the registration serves for the events', async () => {
  const api = await scriptedApi(registered);

  joinExtension(at(api));

  await expect
    .poll(api.received)
    .toEqual([
      expect.stringMatching(
        /\r\n\r\n\{"events":\["INVOKE"\]\}GET \/2020-01-01\/extension\/event\/next /,
      ),
    ]);
  expect((await api.received())[0]).toContain('lambda-extension-identifier: id-1\r\n');
});

test('a refusal is known, and its connection is closed', async () => {
  const body = '{"errorType":"Extension.RegistrationClosed"}';
  const api = await scriptedApi(answer(403, body));

  const extension = joinExtension(at(api));

  await expect.poll(() => extension?.refusal()).toBe('Extension.RegistrationClosed');
  expect(extension?.hold('one', Date.now() + 9_000)).toBeUndefined();
  await expect.poll(api.open).toBe(0);
});

test('as long as no answer has come nothing is held, and nothing is refused', async () => {
  const api = await scriptedApi(300, registered);

  const extension = joinExtension(at(api));
  const early = [extension?.hold('one', Date.now() + 9_000), extension?.refusal()];

  expect(early).toEqual([undefined, undefined]);
  await expect.poll(() => extension?.hold('two', Date.now() + 9_000)).toBeDefined();
});

test('who starts early waits for a refusal that comes late', async () => {
  const api = await scriptedApi(200, answer(403, '{"errorType":"Extension.TooManyExtensions"}'));

  await startExtensionEarly(at(api));

  expect(joinExtension(at(api))?.refusal()).toBe('Extension.TooManyExtensions');
});

test('who starts early can do so where the connection takes its time', async () => {
  const api = await scriptedApi(registered);
  const environment = { AWS_LAMBDA_RUNTIME_API: `127.1:${api.port}` };

  await startExtensionEarly(environment);

  const extension = joinExtension(environment);
  expect(extension?.refusal()).toBeUndefined();
  expect(extension?.hold('one', Date.now() + 9_000)).toBeDefined();
});

test('where there is no such time it is refused', () => {
  const extension = joinExtension({ AWS_LAMBDA_RUNTIME_API: '127.1:9001' });

  expect(extension?.refusal()).toBe('no socket that can be waited for');
});

test('a console that throws does not end the process when the connection is lost', async () => {
  const { warn } = console;
  let told = 0;
  console.warn = () => {
    told += 1;
    throw new Error('The console is closed.');
  };
  onTestFinished(() => {
    console.warn = warn;
  });
  const rejected = vi.fn();
  process.prependListener('unhandledRejection', rejected);
  onTestFinished(() => void process.off('unhandledRejection', rejected));
  const api = await scriptedApi(registered, 20, 'reset');

  joinExtension(at(api));

  // It asks again, on another connection.
  await expect.poll(async () => (await api.received()).length).toBeGreaterThan(1);
  expect(told).toBe(1);
  expect(rejected).not.toHaveBeenCalled();
});

function at({ port }: ScriptedApi): Record<string, string> {
  return { AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` };
}
