import { expect, onTestFinished, test } from 'vitest';
import { startPlatformServer } from './platform-server.ts';
import { createRuntimeApi, type RuntimeApi } from './runtime-api.ts';

const event = {
  requestId: 'id-1',
  body: '{}',
  headers: { 'lambda-runtime-aws-request-id': 'id-1' },
};

test('a response is accepted once', async () => {
  const { api, next, post } = await start();
  const polled = next();
  await api.initialised;
  const { answered } = api.deliver(event);
  await polled;

  const first = await post('/invocation/id-1/response', '"first"');
  const second = await post('/invocation/id-1/response', '"second"');
  const error = await post('/invocation/id-1/error', '{}');

  expect(first).toEqual({ status: 202, body: { status: 'OK' } });
  expect(second).toEqual({
    status: 403,
    body: {
      errorType: 'InvalidStateTransition',
      errorMessage:
        'State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. Error: State transition is not allowed',
    },
  });
  expect(error.body.errorMessage).toContain('RuntimeResponseSentState to InvocationErrorResponse');
  expect(await answered).toMatchObject({ kind: 'response', payload: Buffer.from('"first"') });
});

test('an answer to another request id is refused and changes nothing', async () => {
  const { api, next, post } = await start();
  const polled = next();
  await api.initialised;
  api.deliver(event);
  await polled;

  const other = await post('/invocation/id-2/response', '""');
  const right = await post('/invocation/id-1/response', '""');

  expect(other).toEqual({
    status: 400,
    body: { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
  });
  expect(right.status).toBe(202);
});

test('an answer after the next event was asked for comes too late', async () => {
  const { api, next, post } = await start();
  const polled = next();
  await api.initialised;
  const { done } = api.deliver(event);
  await polled;
  await post('/invocation/id-1/response', '""');
  void next().catch(() => {});
  await done;

  expect((await post('/invocation/id-1/response', '""')).body.errorType).toBe('InvalidRequestID');
});

test('an unknown response mode fails the invocation', async () => {
  const { api, next, post } = await start();
  const polled = next();
  await api.initialised;
  const { answered } = api.deliver(event);
  await polled;

  const refused = await post('/invocation/id-1/response', '""', {
    'lambda-runtime-function-response-mode': 'buffered',
  });

  expect(refused).toEqual({
    status: 400,
    body: {
      errorType: 'InvalidFunctionResponseMode',
      errorMessage: 'Invalid function response mode',
    },
  });
  expect(await answered).toMatchObject({
    kind: 'error',
    error: { errorType: 'Runtime.InvalidResponseModeHeader' },
  });
});

test('a response of more than six megabytes is refused', async () => {
  const { api, next, post } = await start();
  const polled = next();
  await api.initialised;
  api.deliver(event);
  await polled;

  expect(await post('/invocation/id-1/response', 'x'.repeat(6_291_557))).toEqual({
    status: 413,
    body: {
      errorType: 'RequestEntityTooLarge',
      errorMessage: 'Exceeded maximum allowed payload size (6291556 bytes).',
    },
  });
});

test('an init error is accepted before the first poll only', async () => {
  const failing = await start();
  const running = await start();
  void running.next().catch(() => {});
  await running.api.initialised;
  const error = JSON.stringify({ errorType: 'RangeError', errorMessage: 'no', trace: [] });

  const accepted = await failing.post('/init/error', error);
  const refused = await running.post('/init/error', error);

  expect(accepted.status).toBe(202);
  expect(await failing.api.initialised).toMatchObject({
    kind: 'init-error',
    posted: { error: { errorType: 'RangeError', errorMessage: 'no', trace: [] } },
  });
  expect(refused.status).toBe(403);
  expect(refused.body.errorMessage).toContain('from Ready to InitError');
});

test('a poll while an invocation runs gets the same event again', async () => {
  const { api, next } = await start();
  const polled = next();
  await api.initialised;
  api.deliver({ ...event, body: '{"number":1}' });

  const events = [await (await polled).text(), await (await next()).text()];

  expect(events).toEqual(['{"number":1}', '{"number":1}']);
});

test('a path of no API is not found', async () => {
  const { post } = await start();

  expect((await post('/invocation', '')).status).toBe(404);
});

interface Posted {
  readonly status: number;
  readonly body: { readonly errorType?: string; readonly errorMessage?: string };
}

interface Started {
  readonly api: RuntimeApi;
  readonly next: () => Promise<Response>;
  readonly post: (path: string, body: string, headers?: Record<string, string>) => Promise<Posted>;
}

async function start(): Promise<Started> {
  const api = createRuntimeApi();
  const server = await startPlatformServer([api.handle]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const runtime = `http://${server.address}/2018-06-01/runtime`;
  return {
    api,
    next: () => fetch(`${runtime}/invocation/next`),
    post: async (path, body, headers = {}) => {
      const response = await fetch(`${runtime}${path}`, { method: 'POST', body, headers });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}
