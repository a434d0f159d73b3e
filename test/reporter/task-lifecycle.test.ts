/** When a task ends, and as what: between the handler, the runtime and the delivery. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { monotonicMs } from '../../src/base/clock.ts';
import type { TaskReporterOptions } from '../../src/config/options.ts';
import { type ReporterSettings, resolveOptions } from '../../src/config/resolve-options.ts';
import type { JournalEntry } from '../../src/delivery/journal/journal-entry.ts';
import type { JournalEntryParts } from '../../src/delivery/journal/run-journal.ts';
import type { Handover } from '../../src/delivery/lambda-extension/handover.ts';
import type {
  RequestWatcher,
  RuntimeClient,
} from '../../src/delivery/lambda-extension/runtime-client.ts';
import type { DeliveryStrategy } from '../../src/delivery/strategy.ts';
import { Invocation } from '../../src/invocation/invocation.ts';
import type { Outcome } from '../../src/invocation/outcome.ts';
import type { TaskDelivery } from '../../src/reporter/task-delivery.ts';
import { createTaskLifecycle, type TaskLifecycleParts } from '../../src/reporter/task-lifecycle.ts';
import { fakeRuntime } from '../delivery/lambda-extension/fake-runtime.ts';

const answered: Outcome = { kind: 'response', value: { a: 1 } };
const failed: Outcome = { kind: 'failure', thrown: { value: new Error('no tokens left') } };
const handedResponse = { kind: 'response', json: '{"a":1}' } as const;
const handedError = {
  kind: 'error',
  error: { name: 'Error', message: 'no tokens left', stack: undefined },
} as const;

test('after the response: the task ends when Lambda has the response, and only then', async () => {
  const { task, runtime, ends, steps } = setUp();

  expect(task.settled(answered)).toBeUndefined();
  await nextTurn();
  expect([ends, steps]).toEqual([[], []]);
  runtime.handedOver(handedResponse);

  // At once: the process may end now.
  expect(steps).toEqual([{ ended: { isSuccess: true, at: expect.any(Number) } }]);
  await vi.waitFor(() => expect(ends).toEqual([{ ...answered, json: '{"a":1}' }]));
});

test('in-band: the task ends with its handler, and the response waits for the report', async () => {
  const { task, ends, steps, closed } = setUp({ isAwaited: true });

  const wait = task.settled(answered);

  // A process that dies while the response waits has failed.
  expect(steps).toEqual([]);
  await wait;
  expect(ends).toEqual([answered]);
  expect(closed()).toBe(1);
});

test('what the runtime hands over is written down as a success or a failure', () => {
  const handovers = [
    handedResponse,
    handedError,
    { kind: 'response', json: '{"statusCode":503}' },
    { kind: 'response', json: '{"batchItemFailures":[{"itemIdentifier":"a"}]}' },
  ] as const;

  const successes = handovers.map((handover) => {
    const { runtime, steps } = setUp();
    runtime.handedOver(handover);
    return steps[0]?.ended?.isSuccess;
  });

  expect(successes).toEqual([true, false, false, false]);
});

test('what the runtime posts after the deadline is refused: the task has timed out', async () => {
  const { task, runtime, ends, steps } = setUp({ remainingMs: 1_000 });

  void task.settled(answered);
  runtime.handedOver(handedResponse, monotonicMs() + 1_100);

  // The journal says when the deadline was.
  expect(steps).toEqual([]);
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  expect(ends).toMatchObject([{ kind: 'failure', thrown: { value: { name: 'TimeoutError' } } }]);
});

test('what the runtime posts just before the deadline counts, whenever that is known', async () => {
  const { task, runtime, ends } = setUp({ remainingMs: 1_000 });

  void task.settled(answered);
  runtime.handedOver(handedResponse, monotonicMs() + 990);

  await vi.waitFor(() => expect(ends).toEqual([{ ...answered, json: '{"a":1}' }]));
});

test('a response that is almost too late leaves all that a report is made of', () => {
  const { task, runtime, steps } = setUp({ remainingMs: 250 });

  void task.settled(answered);
  runtime.handedOver(handedResponse);

  expect(steps).toMatchObject([{ ended: { isSuccess: true } }, { raw: { response: '{"a":1}' } }]);
});

test('a failure that the handler has named is written down as one', () => {
  const { invocation, runtime, steps } = setUp();

  invocation.recorder.fail('no result');
  runtime.handedOver(handedResponse);

  expect(steps).toMatchObject([{ ended: { isSuccess: false } }]);
});

test('in-band: what the runtime hands over changes nothing where it is the same', async () => {
  const { task, runtime, ends } = setUp({ isAwaited: true });

  await task.settled(answered);
  runtime.handedOver(handedResponse);
  runtime.finished();
  await nextTurn();

  expect(ends).toEqual([answered]);
});

test('in-band: an error in place of the response is reported as a correction', async () => {
  const { task, runtime, ends } = setUp({ isAwaited: true });
  const error = { name: 'TypeError', message: 'Do not know how to serialize a BigInt' };

  await task.settled(answered);
  runtime.handedOver({ kind: 'error', error: { ...error, stack: undefined } });

  await vi.waitFor(() => expect(ends).toHaveLength(2));
  expect(ends[1]).toMatchObject({ kind: 'failure', thrown: { value: error } });
});

test('an error that follows a response is ignored: the caller has the response', async () => {
  const { task, runtime, ends } = setUp();

  void task.settled(answered);
  runtime.handedOver(handedResponse);
  runtime.handedOver(handedError);
  runtime.finished();
  await nextTurn();
  await nextTurn();

  expect(ends).toMatchObject([{ kind: 'response' }]);
});

test('the error of the handler is reported with all that the caller did not get', async () => {
  const { task, runtime, ends } = setUp();

  void task.settled(failed);
  runtime.handedOver(handedError);

  await vi.waitFor(() => expect(ends).toEqual([failed]));
});

test('a value that nobody follows is reported as what the runtime hands over', async () => {
  const { invocation, task, runtime, ends } = setUp();

  invocation.isFollowedByRuntimeOnly = true;
  task.joinedBy(undefined);
  expect(task.isTied()).toBe(true);
  runtime.handedOver(handedResponse);

  await vi.waitFor(() => expect(ends).toEqual([handedResponse]));
});

test('an invocation that ends without a response is a failure', async () => {
  const { runtime, ends, steps } = setUp();

  runtime.finished();

  expect(steps).toMatchObject([{ ended: { isSuccess: false } }]);
  await vi.waitFor(() =>
    expect(ends).toMatchObject([
      { kind: 'failure', thrown: { value: { name: 'NoResponseError' } } },
    ]),
  );
});

test('where the runtime has handed nothing over, the handler decides', async () => {
  const { task, runtime, ends } = setUp();

  void task.settled(answered);
  runtime.finished();

  await vi.waitFor(() => expect(ends).toEqual([answered]));
});

test('a null that the runtime sends for a pending promise is no response', async () => {
  const { invocation, runtime, ends } = setUp();

  invocation.isPending = true;
  runtime.handedOver({ kind: 'response', json: 'null' });

  await vi.waitFor(() =>
    expect(ends).toMatchObject([{ thrown: { value: { name: 'NoResponseError' } } }]),
  );
});

test.each<[string, (runtime: RequestWatcher) => void, string]>([
  ['Lambda has a response', (runtime) => runtime.handedOver(handedResponse), 'response'],
  ['its invocation is over', (runtime) => runtime.finished(), 'failure'],
])('what a handler comes to when %s changes nothing', async (_, end, kind) => {
  const { task, runtime, ends, steps } = setUp();

  end(runtime);
  const wait = task.settled(kind === 'response' ? failed : answered);
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  await nextTurn();

  expect(wait).toBeUndefined();
  expect(ends).toMatchObject([{ kind }]);
  expect(steps).toHaveLength(1);
});

test('a streamed response ends with its stream, which the runtime does not hand over', async () => {
  const { task, runtime, ends } = setUp();
  const stream = { text: 'one, two', truncatedBytes: 0, statusCode: undefined };

  void task.settled({ kind: 'stream', stream });
  runtime.finished();

  expect(task.isTied()).toBe(false);
  await vi.waitFor(() => expect(ends).toEqual([{ kind: 'stream', stream }]));
});

test.each([
  ['response', { ended: { isSuccess: false, at: expect.any(Number) } }],
  ['error', undefined],
] as const)(
  "the user's rule corrects the journal after the response has left: %s",
  async (kind, step) => {
    const { task, runtime, steps, ends } = setUp({ options: { isSuccess: () => false } });

    void task.settled(kind === 'response' ? answered : failed);
    runtime.handedOver(kind === 'response' ? handedResponse : handedError);
    expect(steps).toMatchObject([{ ended: { isSuccess: kind === 'response' } }]);
    await vi.waitFor(() => expect(ends).toHaveLength(1));

    expect(steps[1]).toEqual(step);
  },
);

test("the user's rule corrects nothing while the response waits for its report", async () => {
  const { task, steps } = setUp({ isAwaited: true, options: { isSuccess: () => false } });

  await task.settled(answered);

  expect(steps).toEqual([]);
});

test.each([
  [undefined, true],
  [404, true],
  [503, false],
])(
  'a streamed response with the status %s is journaled at its end with isSuccess %s',
  (statusCode, isSuccess) => {
    const { task, steps } = setUp();

    void task.settled({ kind: 'stream', stream: { text: 'one', truncatedBytes: 0, statusCode } });

    // Synchronously: the process may die before anything else happens.
    expect(steps).toMatchObject([{ ended: { isSuccess } }]);
  },
);

test.each<[string, Partial<TaskLifecycleParts>, string | undefined]>([
  ['the runtime cannot be observed', { runtime: undefined }, 'request-1'],
  ['there is no request id', {}, undefined],
])('where %s the handler decides', async (_, parts, requestId) => {
  const { task, ends } = setUp({ parts, requestId });

  expect(task.isTied()).toBe(false);
  void task.settled(answered);

  await vi.waitFor(() => expect(ends).toEqual([answered]));
});

test('a task that turns out to be a part of its invocation ends with its handler', async () => {
  const { task, runtime, ends } = setUp();

  task.joinedBy(undefined);
  void task.settled(failed);
  runtime.handedOver(handedResponse);
  runtime.finished();

  await vi.waitFor(() => expect(ends).toEqual([failed]));
  await nextTurn();
  expect(ends).toHaveLength(1);
});

test('a part whose handler has ended before it is known as one is reported then', async () => {
  const { task, runtime, ends } = setUp();

  void task.settled(answered);
  task.joinedBy(undefined);
  task.joinedBy(undefined);
  runtime.handedOver(handedError);

  await vi.waitFor(() => expect(ends).toEqual([answered]));
});

const durableEvent = {
  DurableExecutionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:agent:1/durable/1',
  CheckpointToken: 'token',
};

test.each(['after the response', 'in-band'])(
  'a durable execution that is suspended is not reported, %s',
  async (when) => {
    const { task, runtime, ends, closed } = setUp({
      event: durableEvent,
      isAwaited: when === 'in-band',
    });

    const wait = task.settled({ kind: 'response', value: { Status: 'PENDING' } });
    runtime.handedOver({ kind: 'response', json: '{"Status":"PENDING"}' });
    runtime.finished();
    await nextTurn();

    expect(wait).toBeUndefined();
    expect(ends).toEqual([]);
    expect(closed()).toBe(1);
  },
);

test('a durable execution that has failed is a failure although its invocation went well', async () => {
  const { runtime, ends } = setUp({ event: durableEvent });
  const json = '{"Status":"FAILED","Error":{"ErrorType":"QuotaError","ErrorMessage":"no tokens"}}';

  runtime.handedOver({ kind: 'response', json });

  const value = { name: 'QuotaError', message: 'no tokens' };
  await vi.waitFor(() => expect(ends).toMatchObject([{ kind: 'failure', thrown: { value } }]));
});

test('a task that its handler skips is closed without a report', async () => {
  const { invocation, task, runtime, ends, steps, closed } = setUp();

  invocation.recorder.skip();
  void task.settled(answered);
  runtime.handedOver(handedResponse);
  await nextTurn();
  await nextTurn();

  expect([ends, steps]).toEqual([[], []]);
  expect(closed()).toBe(1);
});

test('a skipped task whose beginning was reported is delivered', async () => {
  const { invocation, runtime, ends, known } = setUp({ options: { reportStart: true } });

  await vi.waitFor(() => expect(known).toEqual(['start']));
  invocation.recorder.skip();
  runtime.handedOver(handedResponse);

  await vi.waitFor(() => expect(ends).toHaveLength(1));
  expect(known).toEqual(['start', true]);
});

test('a response that is almost too late does not wait for its report', async () => {
  const { task, ends, limits } = setUp({ isAwaited: true, remainingMs: 90 });

  const wait = task.settled(answered);

  expect(wait).toBeUndefined();
  expect(limits).toEqual([300]);
  await vi.waitFor(() => expect(ends).toEqual([answered]));
});

test('a delivery holds the environment for the time that it may take, and a little more', () => {
  const { runtime, limits } = setUp({ options: { budgetMs: 2_000 } });

  runtime.handedOver(handedResponse);

  expect(limits).toEqual([2_300]);
});

test('the stub and the task are closed when the report is safe', async () => {
  const { runtime, stubsClosed, closed } = setUp();

  runtime.handedOver(handedResponse);
  expect([stubsClosed(), closed()]).toEqual([0, 0]);

  await vi.waitFor(() => expect([stubsClosed(), closed()]).toEqual([1, 1]));
});

test('its handler has ended as soon as that is seen, once or twice', () => {
  const { task, runtime, invocation, settled } = setUp();

  void task.settled(answered);
  expect(settled()).toBe(1);
  expect(invocation.ended).toBeDefined();
  runtime.handedOver(handedResponse);

  expect(settled()).toBeGreaterThanOrEqual(1);
});

test('an internal error when Lambda has the response is logged once and goes no further', () => {
  const error = new Error('an error of ours');
  const { runtime, errors } = setUp({
    strategy: {
      afterResponse: () => {
        throw error;
      },
    },
  });

  runtime.handedOver(handedResponse);
  runtime.finished();

  expect(errors).toEqual([error]);
});

test.each(['after the response', 'in-band'])(
  'a delivery that cannot be loaded is logged once, and nobody waits for it: %s',
  async (when) => {
    const error = new Error('an error of ours');
    const { task, runtime, errors } = setUp({
      isAwaited: when === 'in-band',
      parts: { load: () => Promise.reject(error) },
    });

    await task.settled(answered);
    runtime.handedOver(handedResponse);

    await vi.waitFor(() => expect(errors).toEqual([error]));
  },
);

interface SetUp {
  readonly options?: TaskReporterOptions;
  /** @default false */
  readonly isAwaited?: boolean;
  readonly strategy?: Partial<DeliveryStrategy>;
  readonly parts?: Partial<TaskLifecycleParts>;
  readonly event?: unknown;
  readonly requestId?: string | undefined;
  readonly remainingMs?: number;
}

function setUp(given: SetUp = {}) {
  const { isAwaited = false, event = {}, remainingMs = 60_000 } = given;
  const requestId = 'requestId' in given ? given.requestId : 'request-1';
  const ends: (Outcome | undefined)[] = [];
  const known: (string | boolean)[] = [];
  const steps: Partial<JournalEntry>[] = [];
  const limits: number[] = [];
  const errors: unknown[] = [];
  const calls = { settled: 0, closed: 0, stubsClosed: 0 };
  const watchers = new Set<RequestWatcher>();
  const invocation = new Invocation({
    id: 'task-1',
    agentId: 'agent-123',
    event,
    context: {
      ...(requestId !== undefined && { awsRequestId: requestId }),
      getRemainingTimeInMillis: () => remainingMs,
    },
    input: { kind: 'none' },
    warn: () => undefined,
  });
  const runtime: RuntimeClient = fakeRuntime({
    watch(id, watcher) {
      if (id === undefined) return () => undefined;
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  });
  const delivery: TaskDelivery = {
    warmUp: () => undefined,
    startReport: () => expect.unreachable(),
    reportStart: async () => void known.push('start'),
    reportTimeout: async () => true,
    draft: () => expect.unreachable(),
    isSuccess: () => false,
    async reportEnd({ ended }, { isKnown, isSafe }) {
      ends.push(ended?.outcome);
      known.push(isKnown);
      isSafe();
      return true;
    },
    recover: async () => undefined,
    catchUp: async () => undefined,
    leaveWaiting: () => false,
    finish: async () => undefined,
    writeDown: async () => undefined,
    writeDownNow: () => undefined,
  };
  const task = createTaskLifecycle(invocation, {
    settings: settingsOf(given.options),
    strategy: {
      isAwaited: () => isAwaited,
      afterResponse(_, deliver, limitMs) {
        limits.push(limitMs);
        setImmediate(() => void deliver());
      },
      ...given.strategy,
    },
    runtime,
    stubs: {
      open: (_record: JournalEntry, _parts?: JournalEntryParts) => ({
        add: (step) => void steps.push(step),
        close: () => {
          calls.stubsClosed += 1;
        },
      }),
      crashed: () => undefined,
      leave: () => undefined,
    },
    sentinel: undefined,
    load: async () => delivery,
    warmth: { isWarm: true },
    postponed: { isFull: () => true, add: () => expect.unreachable(), take: () => [] },
    logError: (error) => void errors.push(error),
    onSettled: () => {
      calls.settled += 1;
    },
    onClosed: () => {
      calls.closed += 1;
    },
    ...given.parts,
  });
  return {
    invocation,
    task,
    ends,
    known,
    steps,
    limits,
    errors,
    settled: () => calls.settled,
    closed: () => calls.closed,
    stubsClosed: () => calls.stubsClosed,
    runtime: {
      handedOver: (handover: Handover, postedAt?: number) => {
        for (const watcher of watchers) watcher.handedOver(handover, postedAt);
      },
      finished: () => {
        for (const watcher of watchers) watcher.finished();
      },
    } satisfies RequestWatcher,
  };
}

function settingsOf(options: TaskReporterOptions = {}): ReporterSettings {
  const all = { agentId: 'agent-123', apiKey: 'key', ...options };
  const resolved = resolveOptions(all, {});
  return resolved.kind === 'enabled' ? resolved.settings : expect.unreachable();
}
