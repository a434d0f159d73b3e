/** The tokens, tools and responses that a task's LLM calls add up to. */
import { expect, test } from 'vitest';
import { aggregateUsage } from '../../../src/llm/usage/usage-aggregation.ts';
import {
  bytesOf,
  completion,
  embedding,
  exchange,
  recorded,
  span,
  tokensOf,
  totals,
} from './records.ts';

test('adds calls up, keeps each response, and names tools once, in order of first use', () => {
  const first = completion('chatcmpl-1', 10, 5, ['search', 'weather']);
  const second = completion('chatcmpl-2', 20, 6, ['weather', 'book']);

  const summary = aggregateUsage([
    { kind: 'tool', name: 'plan' },
    exchange(first),
    { kind: 'tool', name: 'search' },
    exchange(second),
  ]);

  expect(summary).toEqual({
    tokens: totals(30, 11),
    tools: ['plan', 'search', 'weather', 'book'],
    responses: [first, second],
    unknownCalls: [],
  });
});

test('counts a response that is recorded twice under one id once, and keeps both records', () => {
  const response = completion('chatcmpl-1', 10, 5);

  const summary = aggregateUsage([recorded(response), recorded({ ...response })]);

  expect(summary.tokens).toEqual(totals(10, 5));
  expect(summary.responses).toEqual([response, response]);
});

test('counts the same object once, and equal objects without an id twice', () => {
  const { id: _, ...response } = completion('', 10, 5);

  expect(tokensOf([recorded(response), recorded(response)])).toEqual(totals(10, 5));
  expect(tokensOf([recorded(response), recorded({ ...response })])).toEqual(totals(20, 10));
});

test('counts a call of three sources once, and keeps the response that the handler recorded', () => {
  const kept = { ...completion('chatcmpl-1', 10, 5), note: 'of the handler' };

  const summary = aggregateUsage([
    exchange(completion('chatcmpl-1', 10, 5)),
    span({ id: 'chatcmpl-1', promptTokens: 10, completionTokens: 5 }),
    recorded(kept),
  ]);

  expect(summary.tokens).toEqual(totals(10, 5));
  expect(summary.responses).toEqual([kept]);
});

test('counts calls with the same numbers and other ids apart', () => {
  const tokens = tokensOf([
    exchange(completion('chatcmpl-1', 10, 5)),
    exchange(completion('chatcmpl-2', 10, 5)),
    recorded(completion('chatcmpl-3', 10, 5)),
  ]);

  expect(tokens).toEqual(totals(30, 15));
});

test('does not count a response of an earlier task that is read again', () => {
  const url = 'https://api.openai.com/v1/responses/resp_1';
  const stored = { id: 'resp_1', object: 'response', background: false, output: [] };
  const usage = { input_tokens: 15, output_tokens: 9, total_tokens: 24 };

  const summary = aggregateUsage([exchange({ ...stored, usage }, url)]);

  expect(summary).toMatchObject({ tokens: null, responses: [] });
});

test('counts two requests apart although the server repeats its id', () => {
  const response = completion('chatcmpl-1', 10, 5);

  const tokens = tokensOf([exchange(response), exchange(response), recorded(response)]);

  expect(tokens).toEqual(totals(20, 10));
});

test('takes the tokens of a call from another source where the wire is silent', () => {
  const tokens = tokensOf([
    exchange(completion('chatcmpl-1', null, null)),
    span({ id: 'chatcmpl-1', promptTokens: 10, completionTokens: 5 }),
  ]);

  expect(tokens).toEqual(totals(10, 5));
});

test.each([
  ['a call', [{ promptTokens: 10, completionTokens: 5 }]],
  ['all calls together', [{ promptTokens: 30, completionTokens: 11 }]],
  [
    'each call',
    [
      { promptTokens: 20, completionTokens: 6 },
      { promptTokens: 10, completionTokens: 5 },
    ],
  ],
  ['each side of a call', [{ promptTokens: 10 }, { completionTokens: 5 }]],
])('counts tokens that the handler added for %s once', (_, added) => {
  const tokens = tokensOf([
    exchange(completion('chatcmpl-1', 10, 5)),
    exchange(completion('chatcmpl-2', 20, 6)),
    ...added.map((counts) => ({ kind: 'tokens', ...counts }) as const),
  ]);

  expect(tokens).toEqual(totals(30, 11));
});

test('adds other tokens of the handler, and not those of a response that it recorded', () => {
  const tokens = tokensOf([
    exchange(completion('chatcmpl-1', 10, 5)),
    recorded(completion('chatcmpl-2', 20, 6)),
    { kind: 'tokens', promptTokens: 20, completionTokens: 6 },
    { kind: 'tokens', completionTokens: 1, cacheReadTokens: 3 },
  ]);

  expect(tokens).toEqual(totals(30, 12, 3));
});

test.each([
  ['nothing', []],
  ['a response without usage', [exchange(completion('chatcmpl-1', null, null))]],
  ['a response in an unknown format', [recorded({ answer: 42 })]],
  ['a tool', [{ kind: 'tool', name: 'search' } as const]],
  [
    'an embedding beside a silent stream',
    [exchange(embedding(8)), exchange(completion('chatcmpl-1', null, null))],
  ],
])('tokens are unknown, not zero, after %s', (_, records) => {
  expect(tokensOf(records)).toBeNull();
});

test('never adds the prompt of one call to the completion of another', () => {
  const summary = aggregateUsage([
    exchange(completion('chatcmpl-1', 82, null)),
    exchange(completion('chatcmpl-2', 82, 15)),
    exchange(completion('chatcmpl-3', null, null), 'https://llm.example/v1/chat/completions'),
  ]);

  expect(summary.tokens).toEqual(totals(82, 15));
  expect(summary.unknownCalls).toEqual([
    { host: 'api.openai.com', model: 'gpt-5' },
    { host: 'llm.example', model: 'gpt-5' },
  ]);
});

test('keeps a response in an unknown format if the handler recorded it, not if it was seen', () => {
  const { responses } = aggregateUsage([recorded({ answer: 42 }), exchange({ answer: 42 })]);

  expect(responses).toEqual([{ answer: 42 }]);
});

test('counts embeddings, and does not keep their numbers', () => {
  const summary = aggregateUsage([
    exchange(embedding(8)),
    exchange(completion('chatcmpl-1', 10, 5)),
  ]);

  expect(summary.tokens).toEqual(totals(18, 5));
  expect(summary.responses).toHaveLength(1);
});

test('counts an embedding alone, whose completion is zero and not unknown', () => {
  expect(tokensOf([recorded(embedding(8))])).toEqual(totals(8, 0));
});

test('parses responses up to a bound, and a large one does not hide the next', () => {
  const small = completion('chatcmpl-1', 10, 5);
  const large = { ...completion('chatcmpl-2', 20, 6), padding: 'x'.repeat(1_000) };

  const { tokens } = aggregateUsage([exchange(large), exchange(small)], 500);

  expect(tokens).toEqual(totals(10, 5));
});

test('counts a response that is polled once, when it is complete', () => {
  const url = 'https://api.openai.com/v1/responses/resp_1';
  const pending = {
    ...{ id: 'resp_1', object: 'response', background: true },
    ...{ status: 'in_progress', output: [] },
  };
  const complete = {
    ...{ ...pending, status: 'completed' },
    usage: { input_tokens: 15, output_tokens: 9, total_tokens: 24 },
  };

  const summary = aggregateUsage(
    [pending, pending, complete, complete].map((response) => exchange(response, url)),
  );

  expect(summary).toMatchObject({ tokens: totals(15, 9), responses: [complete], unknownCalls: [] });
});

test.each([
  [{ method: 'tools/call', params: { name: 'book_flight', arguments: {} } }, ['book_flight']],
  [[{ method: 'tools/call', params: { name: 'a' } }, { method: 'tools/list' }], ['a']],
  [{ method: 'tools/list' }, []],
  [{ method: 'tools/call', params: { name: 7 } }, []],
  [null, []],
])('names the tool of an MCP request: %j', (request, tools) => {
  const summary = aggregateUsage([{ kind: 'mcp-request', body: bytesOf(JSON.stringify(request)) }]);

  expect(summary.tools).toEqual(tools);
});

test.each([
  [
    'an MCP request that is not JSON',
    { kind: 'mcp-request', body: bytesOf('{"method":"tools/call","params":{"name":"\\x"') },
  ],
  ['a response that throws when it is read', recorded(hostile())],
] as const)('%s does no harm', (_, record) => {
  const summary = aggregateUsage([record, exchange(completion('chatcmpl-1', 10, 5, ['search']))]);

  expect(summary).toMatchObject({
    tokens: totals(10, 5),
    tools: ['search'],
  });
});

test('names the tool of an MCP request whose end is missing', () => {
  const text = JSON.stringify({
    method: 'tools/call',
    params: { name: 'say "hi"', arguments: { text: 'x'.repeat(100) } },
  });

  const summary = aggregateUsage([{ kind: 'mcp-request', body: bytesOf(text.slice(0, -50)) }]);

  expect(summary.tools).toEqual(['say "hi"']);
});

function hostile(): object {
  const refuse = (): never => {
    throw new Error('not to be read');
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse });
}
