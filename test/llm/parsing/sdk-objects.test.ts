import { describe, expect, test } from 'vitest';
import type { ParsedUsage } from '../../../src/llm/parsed-usage/parsed-usage.ts';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
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

  test('reads the text and the bytes of a response', () => {
    const text = JSON.stringify(chat);

    expect(usagesOf(text)).toEqual([chatRead]);
    expect(usagesOf(Buffer.from(text))).toEqual([chatRead]);
  });

  test('reads a list of responses one by one, what is none left out', () => {
    const list = [chat, 'Hi', { ...chat, id: 'chatcmpl-2' }, null];

    expect(usagesOf(list)).toEqual([chatRead, { ...chatRead, id: 'chatcmpl-2' }]);
  });

  test('reads the collected chunks of one stream as one response', () => {
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
