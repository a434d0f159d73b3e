import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  type ExtensionBehaviour,
  extensionFolder,
  type Note,
  notesOf,
} from '../extension-folder.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../lambda.ts';

interface Event {
  readonly type: string;
  readonly record: {
    readonly requestId?: string;
    readonly status?: string;
    readonly [field: string]: unknown;
  };
}

test('an invocation is told from the init to the report of the one before', async () => {
  const lambda = await start({ telemetry: { types: ['platform'] } });
  await lambda.invoke({ outcome: 'text' }, { requestId: 'id-1' });
  await lambda.invoke({ outcome: 'throwError' }, { requestId: 'id-2' });
  await lambda.shutdown();

  const events = await eventsOf(lambda);

  expect(events.map(({ type, record }) => [type, record.requestId, record.status])).toEqual([
    ['platform.initStart', undefined, undefined],
    ['platform.telemetrySubscription', undefined, undefined],
    ['platform.initRuntimeDone', undefined, 'success'],
    ['platform.initReport', undefined, 'success'],
    ['platform.extension', undefined, undefined],
    ['platform.start', 'id-1', undefined],
    ['platform.runtimeDone', 'id-1', 'success'],
    ['platform.report', 'id-1', 'success'],
    ['platform.start', 'id-2', undefined],
    // That the handler threw is no failure of its runtime.
    ['platform.runtimeDone', 'id-2', 'success'],
    ['platform.report', 'id-2', 'success'],
  ]);
});

test('times and sizes are those of the invocation', async () => {
  const lambda = await start({ workMs: 100, telemetry: { types: ['platform'] } });
  const result = await lambda.invoke({ outcome: 'bytes', count: 1000 });
  const { billedMs, doneMs, runtimeDoneMs } = await result.settled;
  await lambda.shutdown();

  const events = await eventsOf(lambda);

  const initDurationMs = lambda.initDurationMs ?? Number.NaN;
  expect(recordOf(events, 'platform.runtimeDone')).toMatchObject({
    metrics: { durationMs: runtimeDoneMs, producedBytes: 1000 },
    spans: [{ name: 'responseLatency' }, { name: 'responseDuration' }, { name: 'runtimeOverhead' }],
  });
  expect(recordOf(events, 'platform.report')).toMatchObject({
    metrics: {
      durationMs: doneMs,
      billedDurationMs: billedMs + Math.ceil(initDurationMs),
      memorySizeMB: 128,
      initDurationMs,
    },
    spans: [{ name: 'extensionOverhead', durationMs: expect.any(Number) }],
  });
});

test.each([
  ['block', 'timeout', undefined],
  ['exit', 'error', 'Runtime.ExitError'],
])('how an invocation failed arrives before the end: %s', async (outcome, status, errorType) => {
  const lambda = await start({ telemetry: { types: ['platform'] } }, { timeoutMs: 1500 });

  await lambda.invoke({ outcome }, { requestId: 'id-1' });

  const done = recordOf(await eventsOf(lambda), 'platform.runtimeDone');
  expect([done?.requestId, done?.status, done?.['errorType']]).toEqual(['id-1', status, errorType]);
});

test('after a reset the init is one of an invocation', async () => {
  const lambda = await start({ telemetry: { types: ['platform'] } });
  await lambda.invoke({ outcome: 'exit' });
  await lambda.invoke({ outcome: 'text' });
  await lambda.shutdown();

  const phases = (await eventsOf(lambda))
    .filter(({ type }) => type === 'platform.initStart')
    .map(({ record }) => record['phase']);

  expect(phases).toEqual(['init', 'invoke']);
});

test('lines of function and extension arrive as what they are', async () => {
  const lambda = await start({ telemetry: { types: ['function', 'extension'] } });
  await lambda.invoke({ outcome: 'log' }, { requestId: 'id-1' });
  await lambda.shutdown();

  const events = await eventsOf(lambda);

  expect(events.map(({ type, record }) => [type, withoutTime(String(record))])).toEqual([
    ['extension', 'collector is there'],
    ['function', 'id-1\tINFO\ttwo\rlines'],
    ['function', 'id-1\tERROR\tone more'],
  ]);
});

test('a batch that was refused comes again', async () => {
  const lambda = await start({ workMs: 300, telemetry: { types: ['platform'], failures: 2 } });
  await (await lambda.invoke({ outcome: 'text' })).settled;
  await lambda.shutdown();

  const types = (await eventsOf(lambda)).map(({ type }) => type);

  expect(types.filter((type) => type === 'platform.initStart')).toEqual(['platform.initStart']);
  expect(types).toContain('platform.runtimeDone');
});

test('the report of an invocation arrives when the next one wakes the processes', async () => {
  const lambda = await start({ workMs: 300, telemetry: { types: ['platform'] } });
  await (await lambda.invoke({ outcome: 'text' }, { requestId: 'id-1' })).settled;
  const whileFrozen = await eventsOf(lambda);

  await (await lambda.invoke({ outcome: 'text' }, { requestId: 'id-2' })).settled;
  const afterwards = await eventsOf(lambda);

  expect(recordOf(whileFrozen, 'platform.runtimeDone')?.requestId).toBe('id-1');
  expect(recordOf(whileFrozen, 'platform.report')).toBeUndefined();
  expect(recordOf(afterwards, 'platform.report')?.requestId).toBe('id-1');
});

test('a local emulator without telemetry accepts and sends nothing', async () => {
  const lambda = await start({ telemetry: {} }, { telemetryApi: 'unsupported' });
  await lambda.invoke({ outcome: 'text' });
  await lambda.shutdown();

  const notes = await notesOf('collector', lambda);

  expect(notes.find(({ subscription }) => subscription !== undefined)?.subscription).toEqual({
    status: 202,
    body: { errorType: 'Telemetry.NotSupported', errorMessage: 'Telemetry API is not supported' },
  });
  expect(notes.filter(({ batch }) => batch !== undefined)).toEqual([]);
});

test('on Managed Instances there is a report of few fields and no end of the runtime', async () => {
  const lambda = await start(
    { events: ['SHUTDOWN'], telemetry: { types: ['platform'] } },
    { managedInstances: { maxConcurrency: 2, workers: 1 } },
  );
  const ids = ['id-1', 'id-2'];
  const invoke = (requestId: string) => lambda.invoke({ outcome: 'text' }, { requestId });
  await Promise.all((await Promise.all(ids.map(invoke))).map(({ settled }) => settled));
  await lambda.shutdown();

  const events = await eventsOf(lambda);

  expect(events.map(({ type }) => type)).not.toContain('platform.runtimeDone');
  const reports = events.filter(({ type }) => type === 'platform.report');
  expect(reports.map(({ record }) => record.requestId).toSorted()).toEqual(ids);
  expect(Object.keys(Object(reports[0]?.record['metrics']))).toEqual(['durationMs']);
});

async function start(
  collector: ExtensionBehaviour,
  options: Partial<LambdaOptions> = {},
): Promise<Lambda> {
  const lambda = await startLambda({
    handler: 'outcomes.handler',
    taskRoot: fileURLToPath(new URL('../handlers', import.meta.url)),
    timeoutMs: 20_000,
    extensions: await extensionFolder({ collector }),
    ...options,
  });
  onTestFinished(lambda.close);
  return lambda;
}

async function eventsOf(lambda: Lambda): Promise<Event[]> {
  const notes: readonly Note[] = await notesOf('collector', lambda);
  return notes.flatMap(({ batch }) => (batch ?? []) as readonly Event[]);
}

function recordOf(events: readonly Event[], wanted: string): Event['record'] | undefined {
  return events.find(({ type }) => type === wanted)?.record;
}

function withoutTime(line: string): string {
  return line.replace(/^\d\S+\t/, '');
}
