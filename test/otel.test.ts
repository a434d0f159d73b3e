/** OpenTelemetry spans provide a run's tokens and tools. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { currentTask, withTaskReporter } from '../src/index.ts';
import { startLocalPlatform } from '../src/local/server/local-platform.ts';
import { TaskSpanProcessor } from '../src/otel.ts';
import { lambdaContext } from './support/lambda-context.ts';
import { reportsOf } from './support/reports-of.ts';

const provider = new BasicTracerProvider({ spanProcessors: [new TaskSpanProcessor()] });
const tracer = provider.getTracer('test');

beforeAll(() => {
  context.setGlobalContextManager(contextManager());
});

test('reports the tokens and tools of spans', async () => {
  const report = await run(() => {
    span('chat gpt-5', {
      ...chat,
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
    });
    span('execute_tool get_weather', { 'gen_ai.tool.name': 'get_weather' });
    span('chat gpt-5', {
      ...chat,
      'gen_ai.usage.prompt_tokens': 20,
      'gen_ai.usage.completion_tokens': 6,
    });
    span('GET /', { 'http.request.method': 'GET' });
  });

  expect(report).toMatchObject({
    tokens: { prompt_tokens: 30, completion_tokens: 11 },
    used_tools: ['get_weather'],
    llm_response: null,
  });
});

test('names a tool although its tokens are those of the LLM call within it', async () => {
  const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 };

  const report = await run(() => {
    span('execute_tool ask', { 'gen_ai.tool.name': 'ask', ...usage }, () => {
      span('chat gpt-5', { ...chat, ...usage });
    });
  });

  expect(report).toMatchObject({
    tokens: { prompt_tokens: 10, completion_tokens: 5 },
    used_tools: ['ask'],
  });
});

test.each([
  ['without child spans', 1, { prompt_tokens: 110, completion_tokens: 5 }],
  ['beside its calls', 2, { prompt_tokens: 110, completion_tokens: 5 }],
])('counts the span of an agent once, %s', async (_, calls, tokens) => {
  const counts = calls === 1 ? [] : [50, 60];

  const report = await run(() => {
    span('invoke_agent', {
      ...{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 110 },
      'gen_ai.usage.output_tokens': 5,
    });
    for (const [index, count] of counts.entries()) {
      currentTask().addTokens({ promptTokens: count, completionTokens: 2 + index });
    }
  });

  expect(report).toMatchObject({ tokens });
});

test('reports cached tokens of Anthropic beside the prompt, which the conventions include', async () => {
  const report = await run(() => {
    span('chat claude', {
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic' },
      ...{ 'gen_ai.usage.input_tokens': 1310, 'gen_ai.usage.output_tokens': 5 },
      'gen_ai.usage.cache_read.input_tokens': 1000,
      'gen_ai.usage.cache_creation.input_tokens': 300,
    });
  });

  expect(report).toMatchObject({
    tokens: { prompt_tokens: 10, cache_read_tokens: 1000, cache_write_tokens: 300 },
  });
});

test('a span that sums up the calls within it does not count again', async () => {
  const usage = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 };

  const report = await run(() => {
    span(
      'invoke_agent',
      { 'gen_ai.usage.input_tokens': 20, 'gen_ai.usage.output_tokens': 10 },
      () => {
        span('step', {}, () => span('chat gpt-5', usage));
        span('step', {}, () => span('chat gpt-5', usage));
      },
    );
  });

  expect(report).toMatchObject({ tokens: { prompt_tokens: 20, completion_tokens: 10 } });
});

test.each([
  ['by its id', { 'gen_ai.response.id': 'chatcmpl-1' }],
  ['by its numbers', {}],
])('a call that the handler keeps as well counts once, known %s', async (_, more) => {
  const report = await run(() => {
    span('chat', { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5, ...more });
    currentTask().recordLlmResponse({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'gpt-5',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    });
  });

  expect(report).toMatchObject({ tokens: { prompt_tokens: 10, completion_tokens: 5 } });
});

test('runs at the same time keep their spans apart, also those that end elsewhere', async () => {
  const reports = await Promise.all(
    [1, 2].map((count) =>
      run(async () => {
        const started = tracer.startSpan('chat', {
          attributes: { 'gen_ai.usage.input_tokens': count },
        });
        await new Promise((resolve) => setTimeout(resolve, 5));
        started.setAttribute('gen_ai.usage.output_tokens', count * 10);
        new AsyncLocalStorage().exit(() => started.end());
      }),
    ),
  );

  expect(reports.map(({ tokens }) => tokens)).toMatchObject([
    { prompt_tokens: 1, completion_tokens: 10 },
    { prompt_tokens: 2, completion_tokens: 20 },
  ]);
});

test('spans outside a run, and spans that are none, do no harm', async () => {
  const processor = new TaskSpanProcessor();
  const broken = {
    attributes: {},
    spanContext: () => {
      throw new Error('no context');
    },
  };

  span('chat', { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 });
  processor.onStart(broken);
  processor.onEnd(broken);

  await expect(processor.forceFlush()).resolves.toBeUndefined();
  await expect(processor.shutdown()).resolves.toBeUndefined();
});

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' };

function span(
  name: string,
  attributes: Record<string, string | number>,
  within?: () => void,
): void {
  const started = tracer.startSpan(name, { attributes });
  if (within) context.with(trace.setSpan(context.active(), started), within);
  started.end();
}

async function run(work: () => unknown): Promise<Record<string, unknown>> {
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const invoked = lambdaContext();
  const handler = withTaskReporter(async () => work(), {
    agentId: 'agent-123',
    apiKey: 'key',
    baseUrl: platform.url,
  });
  await (handler as (event: unknown, context: unknown) => Promise<unknown>)({}, invoked);
  return reportsOf(platform, invoked)[0] ?? {};
}

/** As the one of `@opentelemetry/context-async-hooks`. */
function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (inner, work, receiver, ...parameters) =>
      storage.run(inner, () => Reflect.apply(work, receiver, parameters)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
