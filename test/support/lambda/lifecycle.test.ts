/** What happens when, with an internal extension in the function. */
import { expect, test } from 'vitest';
import {
  answerOf,
  happenings,
  inAnyOrder,
  responseOf,
  startExtended,
} from './extended-function.ts';

test('an init is over when the runtime and its extension ask for an event', async () => {
  const lambda = await startExtended();

  expect(happenings(lambda)).toEqual([
    'process-start',
    'extension-registered',
    ...inAnyOrder(lambda, ['extension-next', 'runtime-next']),
    'init-done',
    'freeze',
  ]);
  expect(lambda.initDurationMs).toBeGreaterThan(0);
});

test('an invocation lasts until the extension asks for the next event', async () => {
  const lambda = await startExtended();
  const before = lambda.timeline.length;

  const result = await lambda.invoke({ workMs: 100 });
  const settlement = await result.settled;

  expect(happenings(lambda).slice(before)).toEqual([
    'thaw',
    ...inAnyOrder(lambda, ['event-to-extension', 'event-to-runtime']),
    'response',
    'runtime-next',
    'extension-next',
    'freeze',
  ]);
  const { runtimeDoneMs = 0, extensionsDoneMs = 0, extensionOverheadMs } = settlement;
  expect(settlement).toMatchObject({ kind: 'next' });
  expect(extensionOverheadMs).toBeCloseTo(extensionsDoneMs - runtimeDoneMs);
  expect(settlement.doneMs).toBeGreaterThanOrEqual(result.responseMs + 90);
  expect(settlement.billedMs).toBe(Math.ceil(settlement.doneMs));
});

test('the extension is told of the invocation but not of its event', async () => {
  const lambda = await startExtended();
  await lambda.invoke({ secret: 'of the event' }, { requestId: 'id-1' });

  const { received } = answerOf(await lambda.invoke({}));

  expect(received?.[0]).toEqual({
    eventType: 'INVOKE',
    deadlineMs: expect.any(Number),
    requestId: 'id-1',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:sample-agent',
    tracing: { type: 'X-Amzn-Trace-Id', value: expect.stringMatching(/^Root=1-/) },
  });
});

test('an extension that wants no events is not waited for', async () => {
  const lambda = await startExtended({ environment: { EXTENSION_EVENTS: '[]' } });

  const result = await lambda.invoke({ workMs: 60_000 });

  expect(await result.settled).toMatchObject({ kind: 'next', extensionOverheadMs: 0 });
  expect(happenings(lambda)).not.toContain('event-to-extension');
});

test('a dropped call for an event costs that event, not the function', async () => {
  const lambda = await startExtended();

  const dropped = lambda.dropExtensionPolls();
  const first = await lambda.invoke({}, { requestId: 'id-1' });
  await first.settled;
  await (await lambda.invoke({}, { requestId: 'id-2' })).settled;
  const { received } = answerOf(await lambda.invoke({}));

  expect(dropped).toBe(1);
  expect(first.kind).toBe('response');
  expect(received?.map(({ requestId }) => requestId)).not.toContain('id-1');
  expect(received?.map(({ requestId }) => requestId)).toContain('id-2');
});

test.each([
  [{ otherExtensions: 10 }, { status: 403, body: { errorType: 'Extension.TooManyExtensions' } }],
  [{ extensionsApi: 'missing' }, { status: 404 }],
] as const)('a function runs without its extension: %j', async (options, registered) => {
  const lambda = await startExtended(options);

  expect(answerOf(await lambda.invoke({})).registered).toMatchObject(registered);
});

test('registration is closed when the first event is there', async () => {
  const lambda = await startExtended();

  expect(responseOf(await lambda.invoke({ outcome: 'registerAgain' })).body).toContain(
    'Extension.RegistrationClosed',
  );
});
