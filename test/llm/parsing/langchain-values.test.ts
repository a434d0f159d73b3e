import { describe, expect, test } from 'vitest';
import type { ParsedUsage } from '../../../src/llm/parsed-usage/parsed-usage.ts';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
import { shown, usageOf } from './transcript.ts';

function usagesOf(raw: unknown): readonly ParsedUsage[] {
  return parseResponse(raw).map(shown);
}

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
