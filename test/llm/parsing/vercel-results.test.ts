import { describe, expect, test } from 'vitest';
import type { ParsedUsage } from '../../../src/llm/parsed-usage/parsed-usage.ts';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
import { shown, usageOf } from './transcript.ts';

function usagesOf(raw: unknown): readonly ParsedUsage[] {
  return parseResponse(raw).map(shown);
}

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
