/** How a run is reported, beyond what every adapter's test shows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { currentTask, type TaskReporterOptions, withTaskReporter } from '../../src/index.ts';
import {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from '../../src/local/server/local-platform.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { reportsOf } from '../support/reports-of.ts';

test('the id, input, result and success of a run can be chosen', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(
    async (event: { job: string; question: string }) => ({ answer: '42', grade: event.job.length }),
    {
      ...options,
      id: (event, { awsRequestId }) => `${event.job}/${awsRequestId}`,
      input: (event) => event.question,
      result: (response) => response.answer,
      isSuccess: (response) => response.grade > 100,
    },
  );

  await (handler as Untyped)({ job: 'job-1', question: 'why?' }, context);

  expect(platform.tasks()).toMatchObject([
    { id: `job-1/${context.awsRequestId}`, status: 'failed', input: 'why?', result: '42' },
  ]);
});

test.each<[string, (secret: string) => unknown, string]>([
  [
    'throws',
    (secret) => {
      throw new RangeError(secret);
    },
    'threw RangeError',
  ],
  ['rejects', (secret) => Promise.reject(new Error(secret)), 'must not be asynchronous'],
  ['is asynchronous', async () => 'later', 'must not be asynchronous'],
])(
  'an option that %s is named, without what it said, and the answer is the same',
  async (_, callback, complaint) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { platform, options } = await setUp();
    const context = lambdaContext();
    const wrong = (): never => callback('secret of the event') as never;
    const handler = withTaskReporter(async () => 'fine', {
      ...options,
      id: wrong,
      input: wrong,
      result: wrong,
      isSuccess: wrong,
    });

    const answer = await (handler as Untyped)({ a: 1 }, context);

    expect(answer).toBe('fine');
    // What somebody narrowed is not shown whole because narrowing failed.
    expect(reportsOf(platform, context)).toMatchObject([
      { is_success: true, input: null, result: null },
    ]);
    expect(warn.mock.calls.map(([line]) => line)).toEqual(
      ['id', 'input', 'isSuccess', 'result'].map((option) =>
        expect.stringMatching(`the option ${option}\\(\\) ${complaint}`),
      ),
    );
    expect(JSON.stringify(warn.mock.calls)).not.toContain('secret of the event');
  },
);

test('what the recorder cannot use is said, not thrown', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(async () => {
    const task = currentTask() as unknown as Record<string, (value?: unknown) => void>;
    task['addTokens']?.({ promptTokens: -1 });
    task['addTokens']?.();
    task['addTokens']?.({ prompt_tokens: 5, completion_tokens: 7 });
    task['addTokens']?.({
      get promptTokens() {
        throw new Error('unreadable');
      },
    });
    task['addTool']?.(7);
    task['setResult']?.({ an: 'object' });
  }, options);

  await (handler as Untyped)({}, context);

  expect(reportsOf(platform, context)).toMatchObject([
    { tokens: null, used_tools: [], result: null },
  ]);
  expect(warn).toHaveBeenCalledTimes(6);
});

test('what is said after the run has ended changes nothing', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  let late = currentTask();
  const handler = withTaskReporter(async () => {
    late = currentTask();
  }, options);

  await (handler as Untyped)({}, context);
  late.addTool('too late');
  late.fail('too late');

  expect(reportsOf(platform, context)).toMatchObject([{ is_success: true, used_tools: [] }]);
});

test('outside a run the recorder has no id and its methods do nothing', () => {
  const task = currentTask();

  task.addTokens({ promptTokens: 1 });
  task.addTool('t');
  task.fail('no');

  expect(task.id).toBeUndefined();
});

test('without a context a run gets an id of its own', async () => {
  const { platform, options } = await setUp();
  const handler = withTaskReporter(async () => currentTask().id, options) as Untyped;

  const id = await handler({});

  expect(platform.tasks()).toMatchObject([{ id }]);
});

test('several LLM responses are kept as a list, secrets in them masked', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(async () => {
    currentTask().recordLlmResponse({ id: 1, headers: { authorization: 'Bearer abcdef123456' } });
    currentTask().recordLlmResponse({ id: 2 });
  }, options);

  await (handler as Untyped)({}, context);

  expect(reportsOf(platform, context)).toMatchObject([
    { llm_response: [{ id: 1, headers: { authorization: '[redacted]' } }, { id: 2 }] },
  ]);
});

test.each([
  ['full', '{"password":"hunter2","n":1}', '{"token":"t-1","ok":true}'],
  ['redacted', '{"password":"[redacted]","n":1}', '{"token":"[redacted]","ok":true}'],
  ['shape', '{"password":"string(7)","n":"number"}', '{"token":"string(3)","ok":"boolean"}'],
  ['off', null, null],
] as const)('capture: %s', async (capture, input, result) => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(async () => ({ token: 't-1', ok: true }), {
    ...options,
    capture,
  });

  await (handler as Untyped)({ password: 'hunter2', n: 1 }, context);

  expect(reportsOf(platform, context)).toMatchObject([{ input, result }]);
});

test.each([
  ['full', /^Error: password=hunter2\n {4}at /],
  ['redacted', /^Error: password=\[redacted\]/],
  ['shape', /^Error$/],
  ['off', /^Error$/],
] as const)('of an error, capture: %s', async (capture, result) => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const failing = async (): Promise<void> => {
    throw new Error('password=hunter2');
  };
  const handler = withTaskReporter(failing, { ...options, capture }) as Untyped;

  await expect(handler({}, context)).rejects.toThrow('password=hunter2');

  expect(reportsOf(platform, context)).toMatchObject([{ result: expect.stringMatching(result) }]);
});

test('fields and patterns of the user are masked too', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const redact = ['iban', 'customer.*.email', /PX-\d+/];
  const handler = withTaskReporter(async () => 'see PX-123', { ...options, redact }) as Untyped;

  await handler({ iban: 'DE02', customer: { first: { email: 'a@b.c', name: 'A' } } }, context);

  expect(reportsOf(platform, context)).toMatchObject([
    {
      input: '{"iban":"[redacted]","customer":{"first":{"email":"[redacted]","name":"A"}}}',
      result: 'see [redacted]',
    },
  ]);
});

test('a report never exceeds maxBytes, and its input stays JSON', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(async (event: unknown) => event, {
    ...options,
    maxBytes: 4_096,
  });

  await (handler as Untyped)({ text: 'x'.repeat(100_000), list: Array(5_000).fill('y') }, context);

  const [report] = reportsOf(platform, context) as { input: string; result: string }[];
  expect(JSON.stringify([report?.input, report?.result]).length).toBeLessThan(4_300);
  expect(JSON.parse(report?.input ?? '')).toHaveProperty('text');
});

test('successes are thinned out, failures are not', async () => {
  const { platform, options } = await setUp();
  const handler = withTaskReporter(
    async (event: { fails: boolean }) => {
      if (event.fails) throw new Error('no');
    },
    { ...options, sampleRate: 0 },
  ) as Untyped;
  const [success, failure] = [lambdaContext(), lambdaContext()];

  await handler({ fails: false }, success);
  await expect(handler({ fails: true }, failure)).rejects.toThrow('no');

  expect(platform.tasks().map(({ id }) => id)).toEqual([failure.awsRequestId]);
});

test('the report of the end waits for the report of the start, however slow that is', async () => {
  const latency = { kind: 'latency', ms: 300, times: 1 } as const;
  const { platform, options } = await setUp({ faults: latency });
  const context = lambdaContext();
  const handler = withTaskReporter(async () => void (await sleep(100)), {
    ...options,
    reportStart: true,
    result: () => 'the end',
  }) as Untyped;

  await handler({}, context);

  expect(reportsOf(platform, context)).toMatchObject([{ result: null }, { result: 'the end' }]);
  expect(platform.tasks()).toMatchObject([{ result: 'the end', reportCount: 2 }]);
});

test('a start that cannot be reported is no line in the log: the end tells more', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const fault = { kind: 'status', status: 400, times: 1 } as const;
  const { platform, options } = await setUp({ faults: fault });
  const context = lambdaContext();
  const slow = async (): Promise<string> => {
    await sleep(100);
    return 'the end';
  };

  await (withTaskReporter(slow, { ...options, reportStart: true }) as Untyped)({}, context);

  expect(platform.tasks()).toMatchObject([{ result: 'the end' }]);
  expect(warn).not.toHaveBeenCalled();
});

test('a start that hangs does not keep the end from being reported', async () => {
  const { platform, options } = await setUp({ faults: { kind: 'hang', times: 1 } });
  const handler = withTaskReporter(() => sleep(50), {
    ...options,
    reportStart: true,
    budgetMs: 800,
    result: () => 'the end',
  }) as Untyped;

  await handler({}, lambdaContext());

  expect(platform.tasks()).toMatchObject([{ result: 'the end', reportCount: 1 }]);
});

test('64 runs at once are all reported, by a platform that takes its time', async () => {
  const { platform, options } = await setUp({ faults: { kind: 'latency', ms: 500 } });
  const handler = withTaskReporter(async (event) => event, options) as Untyped;
  const contexts = Array.from({ length: 64 }, () => lambdaContext());

  await Promise.all(contexts.map((context, n) => handler({ n }, context)));

  expect(platform.tasks()).toHaveLength(64);
  expect(platform.requests()).toHaveLength(64);
});

test('runs that overlap are kept apart even if they share context and event', async () => {
  const { platform, options } = await setUp();
  const handler = withTaskReporter(() => sleep(10), options) as Untyped;
  const [event, context] = [{ a: 1 }, lambdaContext()];

  await Promise.all([handler(event, context), handler(event, context), handler(event)]);

  expect(platform.requests()).toHaveLength(3);
});

test('an agent that calls another one is reported, and so is the other', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const inner = withTaskReporter(
    async () => {
      currentTask().addTool('inner tool');
      return 'inner';
    },
    { ...options, agentId: 'inner-agent' },
  ) as Untyped;
  const outer = withTaskReporter(async (event) => {
    currentTask().addTool('outer tool');
    return inner(event, context);
  }, options) as Untyped;

  await outer({}, context);

  expect(platform.tasks('inner-agent')).toMatchObject([{ usedTools: ['inner tool'] }]);
  expect(platform.tasks('agent-123')).toMatchObject([{ usedTools: ['outer tool'] }]);
});

test('a console that throws does not reach the handler', async () => {
  const { options } = await setUp({ faults: { kind: 'status', status: 400 } });
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {
      throw new Error('no logging here');
    });
  }
  const handler = withTaskReporter(async () => {
    currentTask().addTool(7 as never);
    return 'fine';
  }, options) as Untyped;

  expect(await handler({}, lambdaContext())).toBe('fine');
});

test('an event that cannot be looked at does not keep the handler from running', async () => {
  const warn = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { options } = await setUp();
  const hostile = new Proxy(
    {},
    {
      get() {
        throw Object.create(null);
      },
      has() {
        throw Object.create(null);
      },
    },
  );

  const answer = await (withTaskReporter(async () => 'fine', options) as Untyped)(hostile, hostile);

  expect(answer).toBe('fine');
  expect(warn).toHaveBeenCalledTimes(1);
});

test('large payloads do not cost the time that the invocation needs for its answer', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { platform, options } = await setUp();
  const event = { body: 'a=b&password=hunter2&'.repeat(250_000), question: 'why?' };
  const handler = withTaskReporter(async () => event, options) as Untyped;
  const plenty = lambdaContext({ remainingMs: 60_000 });
  const little = lambdaContext({ remainingMs: 250 });

  const began = performance.now();
  await handler(event, plenty);
  const between = performance.now();
  await handler(event, little);
  const ended = performance.now();

  expect(ended - between).toBeLessThan(between - began);

  expect(reportsOf(platform, plenty)).toMatchObject([
    { input: expect.stringMatching(/^\{"body":"a=b&password=\[redacted\]/) },
  ]);
  // Beside the answer where it is almost too late.
  await vi.waitFor(() => {
    const short = JSON.stringify([reportsOf(platform, little), error.mock.calls]);
    expect(short).toContain('characters, left out: there was no time to read them');
  });
});

test('with capture off not even the length of a payload is said, however short the time', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext({ remainingMs: 120 });
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const handler = withTaskReporter(async () => 'x '.repeat(100_000), {
    ...options,
    capture: 'off',
  });

  await (handler as Untyped)({}, context);

  await vi.waitFor(() =>
    expect(JSON.stringify([platform.requests(), error.mock.calls])).toContain(context.awsRequestId),
  );
  expect(JSON.stringify([platform.requests(), error.mock.calls])).not.toContain('characters');
});

test('names of tools are masked and bounded', async () => {
  const { platform, options } = await setUp();
  const context = lambdaContext();
  const handler = withTaskReporter(async () => {
    currentTask().addTool(`call with password=hunter2`);
    currentTask().addTool('x'.repeat(5_000));
  }, options) as Untyped;

  await handler({}, context);

  expect(reportsOf(platform, context)).toMatchObject([
    { used_tools: ['call with password=[redacted]', 'x'.repeat(128)] },
  ]);
});

test('a durable execution is one task, whatever number of invocations it takes', async () => {
  const { platform, options } = await setUp();
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:f:1/durable-execution/job/1';
  const event = {
    DurableExecutionArn: arn,
    CheckpointToken: 'token',
    InitialExecutionState: {
      Operations: [{ ExecutionDetails: { InputPayload: '{"question":"why?"}' } }],
    },
  };
  const answers = [
    { Status: 'PENDING' },
    { Status: 'FAILED', Error: { ErrorType: 'QuotaError', ErrorMessage: 'no tokens left' } },
    { Status: 'SUCCEEDED', Result: '{"answer":42}' },
  ];
  const handler = withTaskReporter(async () => answers.shift(), options) as Untyped;

  await handler(event, lambdaContext());
  expect(platform.tasks()).toEqual([]);
  await handler(event, lambdaContext());
  expect(platform.tasks()).toMatchObject([
    { id: arn, status: 'failed', result: 'QuotaError: no tokens left' },
  ]);
  await handler(event, lambdaContext());

  expect(platform.tasks()).toMatchObject([
    { id: arn, status: 'completed', input: '{"question":"why?"}', result: '{"answer":42}' },
  ]);
});

test('the duration is that of the handler, in seconds', async () => {
  const { platform, options } = await setUp({ faults: { kind: 'latency', ms: 400 } });
  const context = lambdaContext();

  await (withTaskReporter(() => sleep(150), options) as Untyped)({}, context);

  const [{ durationSeconds } = { durationSeconds: 0 }] = platform.tasks();
  expect(durationSeconds).toBeGreaterThan(0.14);
  // Without the report, which takes longer than the handler.
  expect(durationSeconds).toBeLessThan(0.4);
});

test('what is not a handler is refused with a sentence', () => {
  expect(() => withTaskReporter('handler' as never)).toThrow(
    'withTaskReporter(): the handler must be a function; it is string.',
  );
});

test('the wrapper has the name, arity, symbols and properties of the handler', () => {
  const mark = Symbol('mark');
  const answer = (_event: unknown, _context: unknown): void => {};
  const handler = Object.assign(answer, {
    [mark]: 1,
    settings: { a: 1 },
    method: () => answer,
  });

  const reported = withTaskReporter(handler, { agentId: 'a', apiKey: 'k' });

  expect(reported.name).toBe('answer');
  expect(reported.length).toBe(2);
  expect(Reflect.get(reported, mark)).toBe(1);
  expect(Reflect.get(reported, 'settings')).toBe(handler.settings);
  expect(Reflect.get(reported, 'method')).toBeUndefined();
});

type Untyped = (event?: unknown, context?: unknown) => Promise<unknown>;

async function setUp(
  settings: LocalPlatformOptions = {},
): Promise<{ platform: LocalPlatform; options: TaskReporterOptions }> {
  const platform = await startLocalPlatform(settings);
  onTestFinished(() => platform.close());
  const options = {
    agentId: 'agent-123',
    apiKey: 'key-of-the-test',
    baseUrl: platform.url,
    // More than a busy machine needs.
    budgetMs: 20_000,
  };
  return { platform, options };
}
