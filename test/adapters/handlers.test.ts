/** The same tests for the wrapper, the middleware and both together. */
import { setTimeout as sleep } from 'node:timers/promises';
import middy6 from 'middy6';
import middy7 from 'middy7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  currentTask,
  type TaskReporterOptions,
  taskReporter,
  withTaskReporter,
} from '../../src/index.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { reportsOf } from '../support/reports-of.ts';

type Handler = (event: unknown, context: unknown) => unknown;

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform();
});
afterAll(() => platform.close());

const options = (): TaskReporterOptions => ({
  agentId: 'agent-123',
  apiKey: 'key-of-the-test',
  baseUrl: platform.url,
});

const adapters = [
  { adapter: 'wrapper', reported: (handler: Handler) => withTaskReporter(handler, options()) },
  {
    adapter: 'middleware of Middy 6',
    reported: (handler: Handler) => middy6(handler as never).use(taskReporter(options())),
  },
  {
    adapter: 'middleware of Middy 7',
    reported: (handler: Handler) => middy7(handler as never).use(taskReporter(options())),
  },
  {
    adapter: 'wrapper around Middy 7',
    reported: (handler: Handler) => withTaskReporter(middy7(handler as never), options()),
  },
  {
    adapter: 'wrapper and middleware together',
    reported: (handler: Handler) =>
      withTaskReporter(middy7(handler as never).use(taskReporter(options())), options()),
  },
];

class QuotaError extends Error {
  override name = 'QuotaError';
  readonly quota = 5;
}

const frozen = Object.freeze(new Error('frozen'));

/** Kinds of handlers with the task that must be reported for each. */
const shapes: { shape: string; handler: Handler; task: Record<string, unknown> }[] = [
  {
    shape: 'an asynchronous handler',
    handler: async (event) => {
      await sleep(1);
      return { echoed: event };
    },
    task: { is_success: true, result: '{"echoed":{"question":"why?"}}' },
  },
  {
    shape: 'a synchronous handler',
    handler: () => 'plain text',
    task: { is_success: true, result: 'plain text' },
  },
  {
    shape: 'a handler that returns undefined',
    handler: async () => undefined,
    task: { is_success: true, result: null },
  },
  {
    shape: 'a handler that returns null',
    handler: async () => null,
    task: { is_success: true, result: 'null' },
  },
  {
    shape: 'a handler that returns a thenable',
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
    handler: () => ({ then: (resolve: (value: string) => void) => resolve('from a thenable') }),
    // Middy 7 does not await it: its hooks see the thenable.
    task: { is_success: true },
  },
  {
    shape: 'an HTTP response',
    handler: async () => ({ statusCode: 200, body: '{"ok":true}' }),
    task: { is_success: true, result: '{"statusCode":200,"body":"{\\"ok\\":true}"}' },
  },
  {
    shape: 'an HTTP response with a server error',
    handler: async () => ({ statusCode: 503, body: 'overloaded' }),
    task: { is_success: false, result: '{"statusCode":503,"body":"overloaded"}' },
  },
  {
    shape: 'an SQS batch with failed items',
    handler: async () => ({ batchItemFailures: [{ itemIdentifier: 'm-1' }] }),
    task: { is_success: false, result: '{"batchItemFailures":[{"itemIdentifier":"m-1"}]}' },
  },
  {
    shape: 'an SQS batch without failed items',
    handler: async () => ({ batchItemFailures: [] }),
    task: { is_success: true, result: '{"batchItemFailures":[]}' },
  },
  {
    shape: 'a handler that rejects',
    handler: async () => {
      await sleep(1);
      throw new QuotaError('no tokens left', { cause: new TypeError('fetch failed') });
    },
    task: {
      is_success: false,
      result: expect.stringMatching(
        /^QuotaError: no tokens left\nCaused by: TypeError: fetch failed/,
      ),
    },
  },
  {
    shape: 'a handler that throws synchronously',
    handler: () => {
      throw new RangeError('at once');
    },
    task: { is_success: false, result: expect.stringMatching(/^RangeError: at once/) },
  },
  {
    shape: 'a handler that throws a frozen error',
    handler: async () => {
      throw frozen;
    },
    task: { is_success: false, result: expect.stringMatching(/^Error: frozen/) },
  },
  {
    shape: 'a handler that throws a text',
    handler: async () => {
      throw 'just a text';
    },
    task: { is_success: false, result: expect.stringContaining('just a text') },
  },
  {
    shape: 'a handler that returns a thenable that throws',
    handler: () => ({
      // biome-ignore lint/suspicious/noThenProperty: that it throws is what this is about
      get then() {
        throw new RangeError('no then');
      },
    }),
    // Middy 7 does not await it, so the task succeeds.
    task: {},
  },
  {
    shape: 'a result with a cycle',
    handler: async () => {
      const cycle: Record<string, unknown> = { name: 'loop' };
      cycle['self'] = cycle;
      return cycle;
    },
    task: { is_success: true, result: '{"name":"loop","self":"[Circular]"}' },
  },
];

describe.each(adapters)('$adapter', ({ reported }) => {
  test.each(shapes)('$shape has the same outcome and is reported', async ({ handler, task }) => {
    const bare = await outcomeOf(handler, lambdaContext());
    const context = lambdaContext();

    const outcome = await outcomeOf(reported(handler) as Handler, context);

    expect(outcome).toEqual(bare);
    expect(reportsOf(platform, context)).toMatchObject([
      { ...task, input: '{"question":"why?"}', used_tools: [], tokens: null },
    ]);
  });

  test('a thrown null reaches the caller as null', async () => {
    const context = lambdaContext();
    const handler = reported(async () => {
      throw null;
    }) as Handler;

    const outcome = await outcomeOf(handler, context);

    expect(outcome).toEqual({ kind: 'threw', error: null });
    expect(reportsOf(platform, context)).toMatchObject([{ is_success: false, result: 'null' }]);
  });

  test('the thrown object is rethrown, and its stack contains no frames of ours', async () => {
    const thrown: unknown[] = [];
    const handler = (): never => {
      const error = new Error('which one?');
      thrown.push(error);
      throw error;
    };

    const outcome = await outcomeOf(reported(handler) as Handler, lambdaContext());

    expect(outcome).toEqual({ kind: 'threw', error: thrown[0] });
    const stack = String((thrown[0] as Error).stack);
    expect(stack).not.toMatch(/xpander|with-task-reporter|current-task|AsyncLocalStorage/);
  });

  test('currentTask() adds tokens, tools and the raw response', async () => {
    const context = lambdaContext();
    const handler = reported(async () => {
      await sleep(1);
      currentTask().addTokens({ promptTokens: 100, completionTokens: 20 });
      currentTask().addTokens({ promptTokens: 11 });
      currentTask().addTool('web_search');
      await Promise.all([sleep(1), sleep(2)]);
      currentTask().addTool('fetch_pdf');
      currentTask().addTool('web_search');
      currentTask().recordLlmResponse({ id: 'cmpl-1', choices: [] });
      return currentTask().id;
    }) as Handler;

    const outcome = await outcomeOf(handler, context);

    expect(outcome).toEqual({ kind: 'returned', value: context.awsRequestId });
    expect(reportsOf(platform, context)).toMatchObject([
      {
        tokens: { prompt_tokens: 111, completion_tokens: 20, total_tokens: 131 },
        used_tools: ['web_search', 'fetch_pdf'],
        llm_response: { id: 'cmpl-1', choices: [] },
      },
    ]);
  });

  test('currentTask() sets the input and marks the task as failed', async () => {
    const context = lambdaContext();
    const handler = reported(async () => {
      currentTask().setInput('the question alone');
      currentTask().fail(new Error('the model refused'));
      return { answer: null };
    }) as Handler;

    await outcomeOf(handler, context);

    expect(reportsOf(platform, context)).toMatchObject([
      {
        is_success: false,
        input: 'the question alone',
        result: expect.stringMatching(/^Error: the model refused/),
      },
    ]);
  });

  test('a skipped task is not reported', async () => {
    const context = lambdaContext();
    const handler = reported(async () => currentTask().skip()) as Handler;

    await outcomeOf(handler, context);

    expect(reportsOf(platform, context)).toEqual([]);
  });

  test('concurrent invocations are reported separately', async () => {
    const contexts = Array.from({ length: 8 }, () => lambdaContext());
    const handler = reported(async (event) => {
      const { n } = event as { n: number };
      await sleep(8 - n);
      currentTask().addTokens({ promptTokens: n });
      currentTask().addTool(`tool-${n}`);
      return n;
    }) as Handler;

    await Promise.all(contexts.map((context, n) => handler({ n }, context)));

    expect(contexts.flatMap((context) => reportsOf(platform, context))).toMatchObject(
      contexts.map((_, n) => ({
        input: `{"n":${n}}`,
        result: String(n),
        tokens: { prompt_tokens: n },
        used_tools: [`tool-${n}`],
      })),
    );
  });

  test('two concurrent invocations with the same request id are both reported', async () => {
    const awsRequestId = crypto.randomUUID();
    const handler = reported(async (event) => event) as Handler;

    await Promise.all([1, 2].map((n) => handler({ n }, lambdaContext({ awsRequestId }))));

    expect(reportsOf(platform, { awsRequestId })).toHaveLength(2);
  });

  test('the input is the original event even if the handler changes it', async () => {
    const context = lambdaContext();
    const handler = reported(async (event) => {
      Object.assign(event as object, { question: 'changed', added: true });
    }) as Handler;

    await handler({ question: 'original' }, context);

    expect(reportsOf(platform, context)).toMatchObject([{ input: '{"question":"original"}' }]);
  });

  test('the handler gets the event and context objects of the runtime', async () => {
    const event = { question: 'why?' };
    const context = lambdaContext();
    const seen: unknown[] = [];
    const handler = reported(async (...parameters) =>
      seen.push(...parameters.slice(0, 2)),
    ) as Handler;

    await handler(event, context);

    expect(seen[0]).toBe(event);
    expect(seen[1]).toBe(context);
  });
});

type Ended =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

async function outcomeOf(handler: Handler, context: unknown): Promise<Ended> {
  try {
    return { kind: 'returned', value: await handler({ question: 'why?' }, context) };
  } catch (error) {
    return { kind: 'threw', error };
  }
}
