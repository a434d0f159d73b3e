import { describe, expect, test } from 'vitest';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
import type { ParsedUsage } from '../../../src/llm/providers/parsed-usage.ts';
import { shown, usageOf } from './transcript.ts';

function usagesOf(raw: unknown): readonly ParsedUsage[] {
  return parseResponse(raw).map(shown);
}

const chat = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};
const chatRead = {
  provider: 'openai',
  id: 'chatcmpl-1',
  model: 'gpt-4.1',
  usage: usageOf(10, 2),
  tools: [],
};

describe('objects of clients', () => {
  test('reads the output of the AWS SDK for Converse', () => {
    const output = {
      $metadata: { httpStatusCode: 200, requestId: 'req-1', attempts: 1 },
      output: {
        message: {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }],
        },
      },
      stopReason: 'tool_use',
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
      metrics: { latencyMs: 1 },
    };

    expect(usagesOf(output)).toEqual([
      { provider: 'bedrock', id: 'req-1', usage: usageOf(3, 4), tools: ['f'] },
    ]);
  });

  test('reads the output of the AWS SDK for InvokeModel, whose body is bytes', () => {
    const llama = { generation: 'Hi', prompt_token_count: 3, generation_token_count: 4 };
    const output = {
      $metadata: { requestId: 'req-1' },
      contentType: 'application/json',
      body: new TextEncoder().encode(JSON.stringify(llama)),
    };

    expect(usagesOf(output)).toEqual([
      { provider: 'bedrock', id: 'req-1', usage: usageOf(3, 4), tools: [] },
    ]);
  });

  test("reads an instance of Google's class with its getters", () => {
    class GenerateContentResponse {
      candidates = [
        { content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'STOP' },
      ];
      readonly #counts = { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 };
      get usageMetadata(): object {
        return this.#counts;
      }
      get text(): string {
        throw new Error('no text in a function call');
      }
    }

    expect(usagesOf(new GenerateContentResponse())).toEqual([
      { provider: 'gemini', usage: usageOf(3, 4), tools: ['f'] },
    ]);
    expect(usagesOf({ response: new GenerateContentResponse() })).toHaveLength(1);
  });

  test("reads the camel case of Mistral's and Cohere's clients", () => {
    const mistral = {
      id: 'm1',
      object: 'chat.completion',
      model: 'mistral-small-latest',
      usage: { promptTokens: 16, completionTokens: 34, totalTokens: 50 },
      choices: [
        {
          index: 0,
          message: { role: 'assistant', toolCalls: [{ function: { name: 'f', arguments: {} } }] },
          finishReason: 'tool_calls',
        },
      ],
    };
    const cohere = {
      id: 'c1',
      finishReason: 'TOOL_CALL',
      message: { role: 'assistant', toolCalls: [{ id: '1', function: { name: 'g' } }] },
      usage: {
        billedUnits: { inputTokens: 1, outputTokens: 2 },
        tokens: { inputTokens: 71, outputTokens: 3 },
      },
    };

    expect(usagesOf(mistral)).toEqual([
      {
        provider: 'mistral',
        id: 'm1',
        model: 'mistral-small-latest',
        usage: usageOf(16, 34),
        tools: ['f'],
      },
    ]);
    expect(usagesOf(cohere)).toEqual([
      { provider: 'cohere', id: 'c1', usage: usageOf(71, 3), tools: ['g'] },
    ]);
  });

  test('reads the text and the bytes of an answer', () => {
    const text = JSON.stringify(chat);

    expect(usagesOf(text)).toEqual([chatRead]);
    expect(usagesOf(Buffer.from(text))).toEqual([chatRead]);
  });

  test('reads a list of answers one by one, what is none left out', () => {
    const list = [chat, 'Hi', { ...chat, id: 'chatcmpl-2' }, null];

    expect(usagesOf(list)).toEqual([chatRead, { ...chatRead, id: 'chatcmpl-2' }]);
  });

  test('reads the collected chunks of one stream as one answer', () => {
    const facts = { id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4.1' };
    const chunks = [
      { ...facts, choices: [{ index: 0, delta: { content: 'H' }, finish_reason: null }] },
      { ...facts, choices: [{ index: 0, delta: { content: 'i' }, finish_reason: 'stop' }] },
      { ...facts, choices: [], usage: chat.usage },
    ];
    const gemini = [
      { responseId: 'r', usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 } },
      {
        responseId: 'r',
        candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 },
      },
    ];

    expect(usagesOf(chunks)).toEqual([chatRead]);
    expect(usagesOf(gemini)).toMatchObject([{ id: 'r', usage: usageOf(3, 2) }]);
  });

  test('counts nothing for a single chunk of a stream', () => {
    const chunk = {
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'H' }, finish_reason: null }],
      usage: chat.usage,
    };

    expect(usagesOf(chunk)).toEqual([]);
  });
});

describe('results of the Vercel AI SDK', () => {
  const response = { id: 'chatcmpl-1', modelId: 'gpt-4.1', timestamp: new Date(0) };
  const read = { provider: 'vercel-ai', id: 'chatcmpl-1', model: 'gpt-4.1' };

  test('are one call a step', () => {
    const step = {
      finishReason: 'tool-calls',
      response,
      content: [{ type: 'tool-call', toolName: 'f', toolCallId: '1', input: {} }],
      usage: {
        inputTokens: 100,
        inputTokenDetails: { noCacheTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 0 },
        outputTokens: 30,
        outputTokenDetails: { textTokens: 10, reasoningTokens: 20 },
        totalTokens: 130,
      },
    };
    const last = {
      finishReason: 'stop',
      response: { ...response, id: 'chatcmpl-2' },
      toolCalls: [],
      usage: { inputTokens: 120, outputTokens: undefined },
    };
    const result = {
      steps: [step, last],
      totalUsage: { inputTokens: 220, outputTokens: 30 },
      usage: last.usage,
      finishReason: 'stop',
    };

    expect(usagesOf(result)).toEqual([
      {
        ...read,
        usage: usageOf(100, 30, { cacheReadTokens: 80, cacheWriteTokens: 0, reasoningTokens: 20 }),
        tools: ['f'],
      },
      { ...read, id: 'chatcmpl-2', usage: usageOf(120, null), tools: [] },
    ]);
  });

  test('of version 4 are read by their names, NaN being unknown', () => {
    const result = {
      finishReason: 'stop',
      response,
      toolCalls: [{ toolName: 'f', args: {} }],
      usage: { promptTokens: 7, completionTokens: Number.NaN, totalTokens: Number.NaN },
    };

    expect(usagesOf(result)).toEqual([{ ...read, usage: usageOf(7, null), tools: ['f'] }]);
  });

  test('of version 5 are completed by the counts of the provider', () => {
    const usage = { inputTokens: 21, outputTokens: 393, totalTokens: 414, cachedInputTokens: 1086 };
    const step = { finishReason: 'stop', response, usage };
    const anthropic = {
      anthropic: {
        cacheCreationInputTokens: 188,
        usage: {
          input_tokens: 21,
          cache_creation_input_tokens: 188,
          cache_read_input_tokens: 1086,
          output_tokens: 393,
        },
      },
    };
    const bedrock = { bedrock: { usage: { cacheWriteInputTokens: 188 } } };
    const google = {
      google: {
        usageMetadata: { promptTokenCount: 21, candidatesTokenCount: 393, thoughtsTokenCount: 7 },
      },
    };

    const read = [anthropic, bedrock, google].flatMap((providerMetadata) =>
      usagesOf({ ...step, providerMetadata }),
    );

    expect(read.map((parsed) => parsed.usage)).toEqual([
      usageOf(21, 393, { cacheReadTokens: 1086, cacheWriteTokens: 188 }),
      usageOf(21, 393, { cacheReadTokens: 1086, cacheWriteTokens: 188 }),
      usageOf(21, 400, { reasoningTokens: 7 }),
    ]);
  });

  test('of a stream are not read, which would start it', () => {
    let looked = 0;
    const result = {
      textStream: {},
      get usage(): Promise<object> {
        looked += 1;
        return Promise.resolve({});
      },
      get output(): Promise<object> {
        looked += 1;
        return Promise.resolve({});
      },
      get steps(): Promise<object> {
        looked += 1;
        return Promise.resolve([]);
      },
    };

    expect(usagesOf(result)).toEqual([]);
    expect(looked).toBe(0);
  });

  test('of embeddings have their input', () => {
    expect(usagesOf({ value: 'a', embedding: [0.1], usage: { tokens: 4 } })).toEqual([
      { provider: 'vercel-ai', usage: usageOf(4, 0), isInputOnly: true, tools: [] },
    ]);
  });
});

describe('values of LangChain', () => {
  const message = {
    lc_namespace: ['langchain_core', 'messages'],
    type: 'ai',
    content: '',
    id: 'chatcmpl-1',
    tool_calls: [{ name: 'f', args: {}, id: '1', type: 'tool_call' }],
    response_metadata: { model_name: 'gpt-4.1', finish_reason: 'tool_calls' },
    usage_metadata: {
      input_tokens: 100,
      output_tokens: 30,
      total_tokens: 130,
      input_token_details: { cache_read: 80 },
      output_token_details: { reasoning: 20 },
    },
  };
  const messageRead = {
    provider: 'langchain',
    id: 'chatcmpl-1',
    model: 'gpt-4.1',
    usage: usageOf(100, 30, { cacheReadTokens: 80, reasoningTokens: 20 }),
    tools: ['f'],
  };

  test('are read from a message, also a serialised one', () => {
    const { lc_namespace: _, type: __, ...kwargs } = message;
    const serialised = {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'AIMessage'],
      kwargs,
    };

    expect(usagesOf(message)).toEqual([messageRead]);
    expect(usagesOf(serialised)).toEqual([messageRead]);
  });

  test('have no id where LangChain made it up', () => {
    const [parsed] = usagesOf({ ...message, id: 'run-1' });

    expect(parsed).not.toHaveProperty('id');
  });

  test('are counted once for several answers to one prompt', () => {
    const result = {
      generations: [
        [
          { text: '', message },
          { text: '', message },
        ],
      ],
      llmOutput: { tokenUsage: { promptTokens: 100, completionTokens: 30, totalTokens: 130 } },
    };

    expect(usagesOf(result)).toEqual([messageRead]);
  });

  test('are one call a prompt', () => {
    const other = { ...message, id: 'chatcmpl-2' };
    const result = { generations: [[{ text: '', message }], [{ text: '', message: other }]] };

    expect(usagesOf(result)).toEqual([messageRead, { ...messageRead, id: 'chatcmpl-2' }]);
  });

  test('are counted by the output where messages have no usage, a guess being none', () => {
    const generations = [[{ text: 'Hi' }]];
    const counted = {
      generations,
      llmOutput: { tokenUsage: { promptTokens: 5, completionTokens: 6 } },
    };
    const guessed = {
      generations,
      llmOutput: { estimatedTokenUsage: { promptTokens: 5, completionTokens: 6 } },
    };

    expect(usagesOf(counted)).toMatchObject([{ usage: usageOf(5, 6) }]);
    expect(usagesOf(guessed)).toMatchObject([{ usage: usageOf(null, null) }]);
  });
});
