import { expect, onTestFinished, test, vi } from 'vitest';
import { createManagedRuntimeApi } from './managed-runtime-api.ts';
import { startPlatformServer } from './platform-server.ts';
import type { RuntimeEvent } from './running-invocation.ts';
import type { RuntimeApi } from './runtime-api.ts';

const eventOf = (requestId: string): RuntimeEvent => ({
  requestId,
  body: JSON.stringify(requestId),
  headers: { 'lambda-runtime-aws-request-id': requestId },
});

test('answers may come in any order', async () => {
  const { api, next, post } = await start();
  const polls = [next(), next()];
  const deliveries = ['id-1', 'id-2'].map((id) => api.deliver(eventOf(id)));
  const received = await Promise.all(polls);

  const second = await post('/invocation/id-2/response', '"second"');
  const first = await post('/invocation/id-1/response', '"first"');

  expect(received.toSorted()).toEqual(['id-1', 'id-2']);
  expect([second, first].map(({ status }) => status)).toEqual([202, 202]);
  expect(await Promise.all(deliveries.map(({ answered }) => answered))).toMatchObject([
    { payload: Buffer.from('"first"') },
    { payload: Buffer.from('"second"') },
  ]);
});

test('an event waits until somebody asks for one', async () => {
  const { api, next } = await start();
  api.deliver(eventOf('id-1'));

  expect(await next()).toBe('id-1');
});

test('an answer is taken once', async () => {
  const { api, next, post } = await start();
  api.deliver(eventOf('id-1'));
  await next();

  const first = await post('/invocation/id-1/response', '""');
  const again = await post('/invocation/id-1/response', '""');

  expect([first.status, again]).toEqual([
    202,
    { status: 400, body: { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' } },
  ]);
});

test('an answer after a timeout is refused', async () => {
  const { api, next, post } = await start();
  const { expire } = api.deliver(eventOf('id-1'));
  await next();

  expire?.();

  expect(await post('/invocation/id-1/response', '""')).toEqual({
    status: 410,
    body: { errorMessage: 'Invoke timeout', errorType: 'InvokeTimeout' },
  });
});

test('an event whose time was over before somebody asked is not handed out', async () => {
  const { api, next } = await start();
  const { expire } = api.deliver(eventOf('id-1'));

  expire?.();
  api.deliver(eventOf('id-2'));

  expect(await next()).toBe('id-2');
});

test('the first call for an event ends the init, and errors of it are too late then', async () => {
  const { api, next, post, onFirstNext } = await start();
  const polled = next();
  await api.initialised;

  const refused = await post('/init/error', '{}');
  api.deliver(eventOf('id-1'));
  await polled;

  expect(refused.status).toBe(403);
  expect(onFirstNext).toHaveBeenCalledTimes(1);
});

interface Started {
  readonly api: RuntimeApi;
  readonly onFirstNext: ReturnType<typeof vi.fn>;
  /** The body of the event that comes. */
  readonly next: () => Promise<unknown>;
  readonly post: (path: string, body: string) => Promise<{ status: number; body: unknown }>;
}

async function start(): Promise<Started> {
  const onFirstNext = vi.fn();
  const api = createManagedRuntimeApi({ onFirstNext });
  const server = await startPlatformServer([api.handle]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const runtime = `http://${server.address}/2018-06-01/runtime`;
  return {
    api,
    onFirstNext,
    next: async () => (await fetch(`${runtime}/invocation/next`)).json(),
    post: async (path, body) => {
      const response = await fetch(`${runtime}${path}`, { method: 'POST', body });
      return { status: response.status, body: await response.json() };
    },
  };
}
