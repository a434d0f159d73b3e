/** A call that several sources know counts once, with the provider's own counts. */
import { expect, test } from 'vitest';
import type { LlmRecord } from '../../../src/llm/usage/llm-record.ts';
import {
  completion,
  counted,
  embedding,
  exchange,
  message,
  recorded,
  span,
  tokensOf,
  totals,
} from './records.ts';

const gemini = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
  usageMetadata: {
    promptTokenCount: 90,
    candidatesTokenCount: 400,
    thoughtsTokenCount: 700,
    totalTokenCount: 1190,
  },
  modelVersion: 'gemini-2.5-flash',
  responseId: 'neNFaaLJOd68gLUP2eiwkQE',
};
const geminiUrl = 'https://generativelanguage.googleapis.com/v1beta/models/g:generateContent';

/** What the AI SDK makes of it, with an id of its own. */
const generated = {
  finishReason: 'stop',
  text: 'Hi',
  response: { id: 'aitxt-mb8Hq2vWcTrWkJx6RzYpQnLd', modelId: 'gemini-2.5-flash' },
  usage: { inputTokens: 90, outputTokens: 400, totalTokens: 1190, reasoningTokens: 700 },
};

const converse = {
  output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
  stopReason: 'end_turn',
  usage: {
    ...{ inputTokens: 12, outputTokens: 18, totalTokens: 1030 },
    ...{ cacheReadInputTokens: 1000, cacheWriteInputTokens: 0 },
  },
};
const converseUrl = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse';

const cached = exchange(message('msg_1', 10, 20, { read: 1000 }));
const firstChat = exchange(completion('chatcmpl-1', 50, 2));
const secondChat = exchange(completion('chatcmpl-2', 60, 3));

test.each<[string, readonly LlmRecord[], ReturnType<typeof totals>]>([
  ['an AI SDK result', [exchange(gemini, geminiUrl), recorded(generated)], totals(90, 1100)],
  [
    'an AI SDK result and its span, which leaves out the thoughts',
    [
      exchange(gemini, geminiUrl),
      recorded(generated),
      span({ promptTokens: 90, completionTokens: 400 }),
    ],
    totals(90, 1100),
  ],
  [
    'a LangChain message, which leaves out the thoughts',
    [
      exchange(gemini, geminiUrl),
      recorded({
        type: 'ai',
        id: '6c9d3c4e-2f0b-4f2e-9d8e-0b6a3f7f1a55',
        response_metadata: {},
        usage_metadata: { input_tokens: 90, output_tokens: 400, total_tokens: 1190 },
      }),
    ],
    totals(90, 1100),
  ],
  [
    'a span that leaves out the cache',
    [
      exchange(converse, converseUrl, { 'x-amzn-requestid': 'r1' }),
      span({ promptTokens: 12, completionTokens: 18 }),
    ],
    totals(12, 18, 1000),
  ],
  [
    'a span that includes the cache',
    [exchange(converse, converseUrl), span({ promptTokens: 1012, completionTokens: 18 })],
    totals(12, 18, 1000),
  ],
  [
    "the provider's input tokens, added by the handler",
    [cached, counted({ promptTokens: 10, completionTokens: 20 })],
    totals(10, 20, 1000),
  ],
  [
    'all input tokens, added by the handler',
    [cached, counted({ promptTokens: 1010, completionTokens: 20 })],
    totals(10, 20, 1000),
  ],
  [
    'a span without id',
    [cached, span({ promptTokens: 10, completionTokens: 20 })],
    totals(10, 20, 1000),
  ],
  [
    'the span of an embedding',
    [exchange(embedding(8)), span({ promptTokens: 8, completionTokens: 0, isInputOnly: true })],
    totals(8, 0),
  ],
  [
    'an older span of an embedding',
    [exchange(embedding(8)), span({ promptTokens: 8 })],
    totals(8, 0),
  ],
  [
    'the result of several embeddings',
    [
      ...[9, 10, 11].map((count) => exchange(embedding(count))),
      recorded({
        values: ['a', 'b', 'c'],
        embeddings: [[0.1], [0.2], [0.3]],
        usage: { tokens: 30 },
      }),
    ],
    totals(30, 0),
  ],
  [
    'the span of an agent',
    [firstChat, secondChat, span({ promptTokens: 110, completionTokens: 5, isSum: true })],
    totals(110, 5),
  ],
  [
    'the span of an agent that counts otherwise',
    [firstChat, secondChat, span({ promptTokens: 100, completionTokens: 4, isSum: true })],
    totals(110, 5),
  ],
  [
    'the total of the chats beside an embedding',
    [
      firstChat,
      exchange(embedding(8)),
      secondChat,
      counted({ promptTokens: 110, completionTokens: 5 }),
    ],
    totals(118, 5),
  ],
  [
    'the total of a cached and another call',
    [cached, firstChat, counted({ promptTokens: 1060, completionTokens: 22 })],
    totals(60, 22, 1000),
  ],
  [
    'the messages of a graph after each step',
    [
      recorded({ messages: [langchainMessage('chatcmpl-1', 5, 1)] }),
      recorded({
        messages: [langchainMessage('chatcmpl-1', 5, 1), langchainMessage('chatcmpl-2', 7, 2)],
      }),
    ],
    totals(12, 3),
  ],
  [
    'a step that is recorded before its result',
    [
      exchange(gemini, geminiUrl),
      recorded(generated),
      recorded({ ...generated, steps: [generated] }),
    ],
    totals(90, 1100),
  ],
  [
    'the total of spans that the handler records',
    [
      recorded({ ...generated, usage: { inputTokens: 110, outputTokens: 5 }, response: {} }),
      span({ promptTokens: 50, completionTokens: 2 }),
      span({ promptTokens: 60, completionTokens: 3 }),
    ],
    totals(110, 5),
  ],
  [
    'the parts of an agent, added by the handler',
    [
      span({ promptTokens: 110, completionTokens: 5, isSum: true }),
      counted({ promptTokens: 50, completionTokens: 2 }),
      counted({ promptTokens: 60, completionTokens: 3 }),
    ],
    totals(110, 5),
  ],
  [
    'a stream whose id changes from chunk to chunk',
    [
      streamed(['gen-1', 'gen-2']),
      recorded(completion('gen-1', 10, 5)),
      span({ id: 'gen-2', promptTokens: 10, completionTokens: 5 }),
    ],
    totals(10, 5),
  ],
])('counts a call once beside %s', (_, records, expected) => {
  expect(tokensOf(records)).toEqual(expected);
  expect(tokensOf(records.toReversed())).toEqual(expected);
});

test('counts the tokens of an agent whose calls nobody has seen', () => {
  const tokens = tokensOf([
    exchange(embedding(8)),
    span({ promptTokens: 110, completionTokens: 5, isSum: true }),
  ]);

  expect(tokens).toEqual(totals(118, 5));
});

test('counts a second call with equal tokens that the wire has not seen', () => {
  const tokens = tokensOf([
    exchange(completion('chatcmpl-1', 10, 5)),
    span({ promptTokens: 10, completionTokens: 5 }),
    span({ promptTokens: 10, completionTokens: 5 }),
  ]);

  expect(tokens).toEqual(totals(20, 10));
});

function langchainMessage(id: string, input: number, output: number): object {
  return {
    ...{ type: 'ai', id, content: 'Hi', response_metadata: { model_name: 'gpt-5' } },
    usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  };
}

function streamed(ids: readonly string[]): LlmRecord {
  const chunks = ids.map((id, index) => ({
    ...{ id, object: 'chat.completion.chunk', model: 'gpt-5' },
    choices: [{ index: 0, delta: { content: 'H' }, finish_reason: index === 1 ? 'stop' : null }],
    ...(index === 1 && { usage: { prompt_tokens: 10, completion_tokens: 5 } }),
  }));
  const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  const headers = { 'content-type': 'text/event-stream' };
  const url = 'https://openrouter.ai/api/v1/chat/completions';
  return {
    kind: 'exchange',
    exchange: { url, status: 200, headers, body: [Buffer.from(text)], isCut: false },
  };
}
