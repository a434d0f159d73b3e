import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { InvokeEvent } from './extension-registry.ts';
import {
  createExtensionsApi,
  type ExtensionsApi,
  type ExtensionsApiOptions,
} from './extensions-api.ts';
import { startPlatformServer } from './platform-server.ts';

const identity = {
  functionName: 'sample-agent',
  functionVersion: '$LATEST',
  handler: 'agent.handler',
  accountId: '123456789012',
};
const event: InvokeEvent = {
  eventType: 'INVOKE',
  deadlineMs: 1_800_000_000_000,
  requestId: 'id-1',
  invokedFunctionArn: 'arn',
  tracing: { type: 'X-Amzn-Trace-Id', value: 'Root=1' },
};

test('a registration is told what it registered with', async () => {
  const { post } = await start();

  const plain = await post('register', '{"events":["INVOKE"]}', { name: 'one' });
  const withAccount = await post('register', '{}', {
    name: 'two',
    'lambda-extension-accept-feature': 'accountId',
  });

  const { accountId: _, ...known } = identity;
  expect(plain).toEqual({ status: 200, id: expect.stringMatching(/^[0-9a-f-]{36}$/), body: known });
  expect(withAccount.body).toEqual(identity);
});

test.each([
  ['no name', undefined, '{"events":["INVOKE"]}', 'Extension.InvalidExtensionName'],
  ['an empty name', '', '{"events":["INVOKE"]}', 'Extension.InvalidExtensionName'],
  ['no JSON', 'one', 'events', 'InvalidRequestFormat'],
  ['nothing', 'one', '', 'InvalidRequestFormat'],
  ['events that are no list', 'one', '{"events":"INVOKE"}', 'InvalidRequestFormat'],
  ['configuration keys', 'one', '{"configurationKeys":["a"]}', 'InvalidRequestFormat'],
  ['an unknown event', 'one', '{"events":["PAUSE"]}', 'Extension.InvalidEventType'],
  ['SHUTDOWN inside the runtime', 'one', '{"events":["SHUTDOWN"]}', 'Extension.InvalidEventType'],
])('a registration with %s is refused', async (_, name, body, errorType) => {
  const { api, post } = await start();

  const refused = await post('register', body, name === undefined ? {} : { name });

  expect(refused).toMatchObject({ status: 403, body: { errorType } });
  expect(api.count()).toEqual({ internal: 0, external: 0 });
});

test('a name is taken once', async () => {
  const { post, register } = await start();
  await register('one');

  const refused = await post('register', '{}', { name: 'one' });

  expect(refused).toMatchObject({
    status: 403,
    body: { errorType: 'Extension.InvalidExtensionState' },
  });
});

test('the eleventh extension is refused, those of others counted', async () => {
  const { post, register } = await start({ others: 8 });
  await register('one');
  await register('two');

  expect(await post('register', '{}', { name: 'three' })).toMatchObject({
    status: 403,
    body: {
      errorType: 'Extension.TooManyExtensions',
      errorMessage: 'Extension limit (10) reached',
    },
  });
});

test('a registration after the first event was asked for is too late', async () => {
  const { api, post } = await start();
  api.closeRegistration();

  expect(await post('register', '{}', { name: 'one' })).toMatchObject({
    status: 403,
    body: { errorType: 'Extension.RegistrationClosed' },
  });
});

test('on Managed Instances nobody may ask for INVOKE', async () => {
  const { post } = await start({ managed: true });

  const refused = await post('register', '{"events":["INVOKE"]}', { name: 'one' });
  const accepted = await post('register', '{"events":[]}', { name: 'one' });

  expect(refused.body).toMatchObject({ errorType: 'Extension.InvalidEventType' });
  expect(accepted.status).toBe(200);
});

test.each([
  ['none', undefined, 'Extension.MissingExtensionIdentifier'],
  ['no UUID', 'one', 'Extension.InvalidExtensionIdentifier'],
  ['an unknown one', randomUUID(), 'Extension.UnknownExtensionIdentifier'],
])('a call for an event needs an identifier: %s', async (_, id, errorType) => {
  const { next } = await start();

  const response = await next(id);

  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ errorType });
});

test('an event goes to those who want it, and is over when they ask again', async () => {
  const { api, next, register } = await start();
  const wanting = await register('one');
  const other = await register('two', []);
  const polls = [next(wanting), next(other).catch(() => 'left without an event')];
  await api.ready();

  const done = api.release(event);
  const response = await polls[0];
  const isDone = vi.fn();
  void done.then(isDone);

  if (!(response instanceof Response)) throw new Error('There was no answer.');
  expect(response.headers.get('lambda-extension-event-identifier')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.json()).toEqual(event);
  expect(isDone).not.toHaveBeenCalled();
  void next(wanting).catch(() => {});
  await done;
});

test('those who are registered are ready when all have asked for an event', async () => {
  const { api, next, register } = await start();
  const one = await register('one');
  const two = await register('two', []);
  const isReady = vi.fn();
  const ready = api.ready().then(isReady);

  void next(one).catch(() => {});
  await vi.waitFor(() => expect(api.find(one)?.state).toBe('Ready'));
  const afterOne = isReady.mock.calls.length;
  void next(two).catch(() => {});
  await ready;

  expect(afterOne).toBe(0);
});

test('only one call for an event may wait', async () => {
  const { api, next, register } = await start();
  const id = await register('one');
  void next(id).catch(() => {});
  await api.ready();

  const second = await next(id);

  expect(second.status).toBe(403);
  expect(await second.json()).toEqual({
    errorType: 'Extension.InvalidExtensionState',
    errorMessage: `State transition from Ready to Ready failed for extension ${id}. Error: State transition is not allowed`,
  });
});

test('a call that was dropped keeps its place and swallows the next event', async () => {
  const { api, next, register } = await start();
  const id = await register('one');
  const dropped = next(id).catch(() => 'dropped');
  await api.ready();

  const count = api.dropPolls();
  const whileTaken = await next(id);
  const done = api.release(event);
  const after = next(id).catch(() => {});
  await done;

  expect([count, await dropped, whileTaken.status]).toEqual([1, 'dropped', 403]);
  void after;
});

test('an error needs its type and is final', async () => {
  const { api, post, next, register } = await start();
  const id = await register('one');
  const type = { 'lambda-extension-function-error-type': 'Extension.Broken' };

  const untyped = await post('init/error', '{}', { id });
  const accepted = await post('init/error', '{}', { id, ...type });
  const after = await next(id);

  expect(untyped.body).toMatchObject({ errorType: 'Extension.MissingHeader' });
  expect(accepted).toMatchObject({ status: 202, body: { status: 'OK' } });
  expect(after.status).toBe(403);
  expect(api.reportedError()).toBe('Extension.InitError');
});

test('an external extension is known by its name and may want to know the end', async () => {
  const { api, next, register } = await start({ external: ['collector'] });
  const before = vi.fn();
  void api.externalRegistered.then(before);
  const id = await register('collector', ['INVOKE', 'SHUTDOWN']);
  await api.externalRegistered;
  const polled = next(id);
  await api.ready();

  const wanted = api.shutDown('collector', {
    eventType: 'SHUTDOWN',
    shutdownReason: 'spindown',
    deadlineMs: 1,
  });

  expect(wanted).toBe(true);
  expect(await (await polled).json()).toEqual({
    eventType: 'SHUTDOWN',
    shutdownReason: 'spindown',
    deadlineMs: 1,
  });
});

test.each([
  ['missing', 'status 404'],
  ['closed', 'no answer'],
] as const)('without an Extensions API it is %s', async (fault, outcome) => {
  const { next } = await start({ fault });

  expect(
    await next(randomUUID()).then(
      ({ status }) => `status ${status}`,
      () => 'no answer',
    ),
  ).toBe(outcome);
});

interface Answer {
  readonly status: number;
  readonly id: string | null;
  readonly body: unknown;
}

interface Started {
  readonly api: ExtensionsApi;
  readonly next: (id: string | undefined) => Promise<Response>;
  readonly register: (name: string, events?: string[]) => Promise<string>;
  readonly post: (path: string, body: string, headers: Record<string, string>) => Promise<Answer>;
}

async function start(options: Partial<ExtensionsApiOptions> = {}): Promise<Started> {
  const api = createExtensionsApi({ identity, ...options });
  const server = await startPlatformServer([api.handle]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const extension = `http://${server.address}/2020-01-01/extension`;
  const post: Started['post'] = async (path, body, { name, id, ...rest }) => {
    const headers = {
      ...rest,
      ...(name === undefined ? {} : { 'lambda-extension-name': name }),
      ...(id === undefined ? {} : { 'lambda-extension-identifier': id }),
    };
    const response = await fetch(`${extension}/${path}`, { method: 'POST', body, headers });
    return {
      status: response.status,
      id: response.headers.get('lambda-extension-identifier'),
      body: await response.json(),
    };
  };
  return {
    api,
    post,
    next: (id) =>
      fetch(`${extension}/event/next`, {
        headers: id === undefined ? {} : { 'lambda-extension-identifier': id },
      }),
    register: async (name, events = ['INVOKE']) => {
      const { id } = await post('register', JSON.stringify({ events }), { name });
      if (id === null) throw new Error(`${name} was not registered.`);
      return id;
    },
  };
}
