import { expect, test, vi } from 'vitest';
import type { Handover } from '../../../src/delivery/lambda-extension/handover.ts';
import {
  observeRuntimeClient,
  type RequestWatcher,
  type RuntimeClient,
} from '../../../src/delivery/lambda-extension/runtime-client.ts';
import { type FakeNativeClient, installNativeClient } from './fake-native-client.ts';

const environment = { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' };

test.each<[string, Record<string, string>]>([
  ['off Lambda', { AWS_LAMBDA_RUNTIME_API: '' }],
  ['with the alternative client', { AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true' }],
])('%s nothing is observed', (_, variables) => {
  const { native } = installNativeClient();
  const { next, done, error } = native;

  const runtime = observeRuntimeClient({ ...environment, ...variables });

  expect(runtime).toBeUndefined();
  expect([native.next, native.done, native.error]).toEqual([next, done, error]);
});

test.each(['/var/runtime/native.node', '/var/task/index.js'])(
  'a module that is no native client is left alone: %s',
  (file) => {
    installNativeClient(file);

    expect(observeRuntimeClient(environment)).toBeUndefined();
  },
);

test('a client that appears later is found by a later reporter', () => {
  const early = observeRuntimeClient(environment);
  installNativeClient();

  expect([early, observeRuntimeClient(environment)]).toEqual([undefined, expect.anything()]);
});

test('two copies of the package observe the client once', async () => {
  const { native, calls } = installNativeClient();
  const runtime = observeRuntimeClient(environment);
  const { next, done, error } = native;
  vi.resetModules();
  const copy = await import('../../../src/delivery/lambda-extension/runtime-client.ts');

  const again = copy.observeRuntimeClient(environment);
  native.done('one', '"fine"');

  expect(copy.observeRuntimeClient).not.toBe(observeRuntimeClient);
  expect(again).toBe(runtime);
  expect([native.next, native.done, native.error]).toEqual([next, done, error]);
  expect(calls).toEqual([['done', 'one', '"fine"']]);
});

test('a response reaches the client first, then whoever watches its request', async () => {
  const { native, calls, runtime, send } = await observed();
  await send('one');
  const seen: unknown[] = [];
  const other = watched(runtime, 'other');
  runtime.watch('one', {
    handedOver: (handover) => void seen.push(handover, calls.at(-1)),
    finished: () => undefined,
  });

  const returned = native.done('one', '{"answer":42}');

  expect(returned).toBe('done');
  expect(seen).toEqual([
    { kind: 'response', json: '{"answer":42}' },
    ['done', 'one', '{"answer":42}'],
  ]);
  expect(other.steps).toEqual([]);
});

test('an error is read as the caller gets it', async () => {
  const { native, calls, runtime } = await observed();
  const { steps } = watched(runtime, 'one');
  const trace = ['RangeError: too far', '    at handler (/var/task/index.mjs:1:1)'];
  const body = JSON.stringify({ errorType: 'RangeError', errorMessage: 'too far', trace });

  const returned = native.error('one', body, '{"working_directory":"/var/task"}');

  expect(returned).toBe('error');
  expect(calls).toContainEqual(['error', 'one', body, '{"working_directory":"/var/task"}']);
  expect(steps).toEqual([
    {
      kind: 'error',
      error: { name: 'RangeError', message: 'too far', stack: trace.join('\n') },
    },
  ]);
});

test.each<[string, string, object]>([
  ['nothing', '{}', { name: 'Error', message: '', stack: undefined }],
  [
    'an empty trace',
    '{"errorType":"E","errorMessage":"m","trace":[]}',
    { name: 'E', message: 'm', stack: undefined },
  ],
  [
    'fields of other types',
    '{"errorType":1,"errorMessage":null,"trace":"t"}',
    { name: '1', message: '', stack: undefined },
  ],
])('an error that says %s is an error all the same', async (_, body, error) => {
  const { native, runtime } = await observed();
  const { steps } = watched(runtime, 'one');

  native.error('one', body);

  expect(steps).toEqual([{ kind: 'error', error }]);
});

test.each(['', '<html>', 'null', '{"errorType":'])(
  'the error body %j, which cannot be read, is posted, and the request finishes',
  async (body) => {
    const { native, calls, runtime } = await observed();
    const { steps } = watched(runtime, 'one');

    const returned = native.error('one', body);
    void native.next();

    expect(returned).toBe('error');
    expect(calls).toContainEqual(['error', 'one', body]);
    expect(steps).toEqual(['finished']);
  },
);

const mostBytes = 6 * 1024 * 1024 + 100;

test.each<[string, string, Handover['kind']]>([
  ['as large as Lambda takes it', `"${'x'.repeat(mostBytes - 2)}"`, 'response'],
  ['one byte larger', `"${'x'.repeat(mostBytes - 1)}"`, 'error'],
  ['of as many characters, but more bytes', `"${'ü'.repeat(mostBytes / 2)}"`, 'error'],
  ['of characters of three bytes', `"${'€'.repeat(Math.floor((mostBytes - 2) / 3))}"`, 'response'],
])('a response %s is handed over as what the caller gets', async (_, body, kind) => {
  const { native, runtime } = await observed();
  const { steps } = watched(runtime, 'one');

  native.done('one', body);

  const bytes = Buffer.byteLength(body);
  const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${mostBytes} bytes).`;
  const error = { name: 'Function.ResponseSizeTooLarge', message, stack: undefined };
  const expected = kind === 'error' ? { kind, error } : { kind, json: body };
  // A comparison by the matcher would print megabytes.
  expect(JSON.stringify(steps) === JSON.stringify([expected])).toBe(true);
});

test('a body that is no text is refused as without us: no frame of ours, and no handover', async () => {
  const bare = installNativeClient('/elsewhere/native.node').native;
  const { native, runtime } = await observed();
  const { steps } = watched(runtime, 'one');
  const stackOf = (client: FakeNativeClient['native']): string => {
    try {
      client.done('one', undefined);
    } catch (error) {
      if (error instanceof TypeError) return error.stack ?? '';
    }
    return 'no TypeError';
  };

  const [without, observedStack] = [bare, native].map(stackOf);

  const ours = observedStack?.split('\n');
  expect(ours).toEqual(without?.split('\n').slice(0, ours?.length));
  expect(ours?.[0]).toBe('TypeError: Wrong arguments');
  expect(ours?.[2]).toContain('stackOf');
  expect(steps).toEqual([]);
});

test('a request id that is encoded in the path is the same request', async () => {
  const { native, runtime } = await observed();
  const { steps } = watched(runtime, 'id with/ü');

  native.done('id%20with%2F%C3%BC', '1');

  expect(steps).toEqual([{ kind: 'response', json: '1' }]);
});

test('a request id that cannot be decoded is posted all the same', async () => {
  const { native, calls } = await observed();

  expect(native.done('%E0%A4%A', '1')).toBe('done');
  expect(calls).toContainEqual(['done', '%E0%A4%A', '1']);
});

test('a request without an id cannot be watched', async () => {
  const { native, runtime } = await observed();
  const { steps } = watched(runtime, undefined);

  native.done('undefined', '1');
  void native.next();

  expect(steps).toEqual([]);
});

test('everybody who watches a request is notified, until he stops', async () => {
  const { native, runtime } = await observed();
  const [first, second, third] = [1, 2, 3].map(() => watched(runtime, 'one'));

  second?.stop();
  native.done('one', '1');
  third?.stop();
  void native.next();

  const response = { kind: 'response', json: '1' };
  expect([first?.steps, second?.steps, third?.steps]).toEqual([
    [response, 'finished'],
    [],
    [response],
  ]);
});

test('a watcher that stops itself does not keep others from being notified', async () => {
  const { native, runtime } = await observed();
  const stop = runtime.watch('one', { handedOver: () => stop(), finished: () => stop() });
  const { steps } = watched(runtime, 'one');

  native.done('one', '1');

  expect(steps).toEqual([{ kind: 'response', json: '1' }]);
});

test('a watcher that throws disturbs neither the runtime nor anybody else', async () => {
  const { native, runtime, send } = await observed();
  await send('one');
  const fail = (): never => {
    throw new Error('an error of ours');
  };
  runtime.watch('one', { handedOver: fail, finished: fail });
  const { steps } = watched(runtime, 'one');
  const idle = runtime.idle();

  expect(native.done('one', '1')).toBe('done');
  void native.next();

  expect(steps).toEqual([{ kind: 'response', json: '1' }, 'finished']);
  await expect(idle).resolves.toBeUndefined();
});

test('a request is watched until the runtime asks for its next event, and no longer', async () => {
  const { native, runtime, send } = await observed();
  await send('one');
  const { steps } = watched(runtime, 'one');

  void native.next();
  await send('one');
  native.done('one', '1');

  expect(steps).toEqual(['finished']);
});

test('the event that the runtime handles is known, and no other', async () => {
  const { native, runtime, send } = await observed();
  const before = runtime.current();

  await send('one', { deadlineMs: 5_000, json: '{"a":1}' });
  const event = { requestId: 'one', deadlineMs: 5_000, durableJson: undefined };
  const during = [runtime.current(), runtime.current('one'), runtime.current('two')];
  void native.next();

  expect(before).toBeUndefined();
  expect(during).toEqual([event, event, undefined]);
  expect(runtime.current()).toBeUndefined();
});

test('only the JSON of a durable event is held', async () => {
  const { runtime, send } = await observed();
  const json = '{"DurableExecutionArn":"arn:1"}';

  await send('one', { json });

  expect(runtime.current()).toMatchObject({ durableJson: json });
});

test('the runtime gets its event, or the error in its place, as the client gives it', async () => {
  const client = installNativeClient();
  const failure = new Error('no event');
  client.native.next = () => Promise.reject(failure);
  const runtime = observeRuntimeClient(environment);

  await expect(client.native.next()).rejects.toBe(failure);
  expect(runtime?.hasAsked()).toBe(true);
});

test('an event without a request id is passed on, and not known', async () => {
  const client = installNativeClient();
  const event = { bodyJson: '{}', headers: {} };
  client.native.next = () => Promise.resolve(event);
  const runtime = observeRuntimeClient(environment);

  expect(await client.native.next()).toBe(event);
  expect(runtime?.current()).toBeUndefined();
});

const deadlineMs = 50_000;
const one = { requestId: 'one', deadlineMs };

test.each<[string, (stage: Observed) => Promise<{ finished: Promise<void> }>]>([
  [
    'the extension gets the event before the runtime',
    async ({ runtime, send }) => {
      const finished = runtime.finished(one);
      await send('one', { deadlineMs });
      return { finished };
    },
  ],
  [
    'the extension gets it while the runtime handles it',
    async ({ runtime, send }) => {
      await send('one', { deadlineMs });
      return { finished: runtime.finished(one) };
    },
  ],
  [
    'the extension reads another deadline, a little apart',
    async ({ runtime, send }) => {
      await send('one', { deadlineMs: deadlineMs + 900 });
      return { finished: runtime.finished(one) };
    },
  ],
])('an event is finished when the runtime asks for another: %s', async (_, begin) => {
  const stage = await observed();
  const { finished } = await begin(stage);
  const state = stateOf(finished);

  expect(await state()).toBe('pending');
  void stage.native.next();

  expect(await state()).toBe('resolved');
});

test('an event that the extension gets after the runtime has finished it is finished', async () => {
  const { native, runtime, send } = await observed();
  await send('one', { deadlineMs });
  void native.next();

  expect(await stateOf(runtime.finished(one))()).toBe('resolved');
});

test('nor does it matter when the runtime handles the next one by then', async () => {
  const { native, runtime, send } = await observed();
  await send('one', { deadlineMs });
  void native.next();
  await send('two', { deadlineMs: deadlineMs + 1 });

  expect(await stateOf(runtime.finished(one))()).toBe('resolved');
});

test('a retry with the same request id is not finished because the first attempt is', async () => {
  const { native, runtime, send } = await observed();
  const retry = { requestId: 'one', deadlineMs: deadlineMs + 60_000 };
  await send('one', { deadlineMs });
  void native.next();

  const state = stateOf(runtime.finished(retry));
  const before = await state();
  await send('one', retry);
  const during = await state();
  void native.next();

  expect([before, during, await state()]).toEqual(['pending', 'pending', 'resolved']);
});

test('it is idle until an event comes, and again when it asks for another', async () => {
  const { native, runtime, send } = await observed();
  const before = await stateOf(runtime.idle())();
  await send('one');
  const state = stateOf(runtime.idle());
  const during = await state();
  void native.next();

  expect([before, during, await state()]).toEqual(['resolved', 'pending', 'resolved']);
});

test('the next event waits for work, and only that one', async () => {
  const { native, calls, runtime } = install();
  const { promise, resolve } = Promise.withResolvers<void>();
  runtime.delayNextEvent(promise, 60_000);

  void native.next();
  await turn();
  const before = [runtime.hasAsked(), calls.length];
  resolve();
  await vi.waitFor(() => expect(calls).toEqual([['next']]));
  void native.next();

  expect(before).toEqual([true, 0]);
  expect(calls).toEqual([['next'], ['next']]);
});

test('work that fails delays the next event until then', async () => {
  const { native, calls, runtime } = install();
  runtime.delayNextEvent(Promise.reject(new Error('an error of ours')), 60_000);

  void native.next();

  await vi.waitFor(() => expect(calls).toEqual([['next']]));
});

test('work that takes too long delays the next event up to its limit', async () => {
  const { native, calls, runtime } = install();
  runtime.delayNextEvent(new Promise(() => undefined), 30);

  const began = performance.now();
  void native.next();
  await vi.waitFor(() => expect(calls).toEqual([['next']]));

  expect(performance.now() - began).toBeGreaterThan(25);
});

test('all work counts that the next event is delayed for', async () => {
  const { native, calls, runtime } = install();
  const works = [1, 2, 3].map(() => Promise.withResolvers<void>());
  for (const { promise } of works) runtime.delayNextEvent(promise, 60_000);

  void native.next();
  works[2]?.resolve();
  works[0]?.resolve();
  await turn();
  const before = calls.length;
  works[1]?.resolve();

  expect(before).toBe(0);
  await vi.waitFor(() => expect(calls).toEqual([['next']]));
});

test('work that begins as the runtime asks delays that very event', async () => {
  const { native, calls, runtime, send } = await observed();
  await send('one');
  const { promise, resolve } = Promise.withResolvers<void>();
  runtime.watch('one', {
    handedOver: () => undefined,
    finished: () => runtime.delayNextEvent(promise, 60_000),
  });

  void native.next();
  await turn();
  const before = calls.length;
  resolve();

  expect(before).toBe(1);
  await vi.waitFor(() => expect(calls).toHaveLength(2));
});

test('in a process with concurrency a request ends with what is handed over', async () => {
  const { native, runtime, send } = await observed({ AWS_LAMBDA_MAX_CONCURRENCY: '8' });
  const [first, second] = ['one', 'two'].map((id) => watched(runtime, id));

  await send('one');
  void native.next();
  await send('two');
  void native.next();
  native.done('two', '2');
  native.done('two', '3');
  native.done('one', '1');

  expect(first?.steps).toEqual([{ kind: 'response', json: '1' }]);
  expect(second?.steps).toEqual([{ kind: 'response', json: '2' }]);
  expect(runtime.current()).toBeUndefined();
  expect(await stateOf(runtime.idle())()).toBe('resolved');
});

interface Observed extends FakeNativeClient {
  readonly runtime: RuntimeClient;
}

function install(variables: Record<string, string> = {}): Observed {
  const client = installNativeClient();
  const runtime = observeRuntimeClient({ ...environment, ...variables });
  if (runtime === undefined) throw new Error('The client cannot be observed.');
  return { ...client, runtime };
}

/** A runtime that waits for an event. */
async function observed(variables: Record<string, string> = {}): Promise<Observed> {
  const stage = install(variables);
  void stage.native.next();
  await turn();
  return stage;
}

/** What becomes of a request. */
function watched(
  runtime: RuntimeClient,
  requestId: string | undefined,
): { readonly steps: (Handover | 'finished')[]; readonly stop: () => void } {
  const steps: (Handover | 'finished')[] = [];
  const watcher: RequestWatcher = {
    handedOver: (handover) => void steps.push(handover),
    finished: () => void steps.push('finished'),
  };
  return { steps, stop: runtime.watch(requestId, watcher) };
}

function stateOf(promise: Promise<void>): () => Promise<string> {
  let state = 'pending';
  void promise.then(() => {
    state = 'resolved';
  });
  return async () => {
    await turn();
    return state;
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
