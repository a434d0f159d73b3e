/** What a run's calls of LLMs add up to. */
import { expect, test } from 'vitest';
import type { ParsedUsage } from '../../../src/llm/providers/parsed-usage.ts';
import type { LlmRecord } from '../../../src/llm/usage/llm-record.ts';
import { aggregateUsage } from '../../../src/llm/usage/usage-aggregation.ts';

test('calls add up, each answer is kept, and tools are named once, in order of first use', () => {
  const first = completion('chatcmpl-1', 10, 5, ['search', 'weather']);
  const second = completion('chatcmpl-2', 20, 6, ['weather', 'book']);

  const account = aggregateUsage([
    { kind: 'tool', name: 'plan' },
    seen(first),
    { kind: 'tool', name: 'search' },
    seen(second),
  ]);

  expect(account).toEqual({
    tokens: { promptTokens: 30, completionTokens: 11 },
    tools: ['plan', 'search', 'weather', 'book'],
    responses: [first, second],
  });
});

test('an answer that the handler keeps twice is two calls', () => {
  const answer = completion('chatcmpl-1', 10, 5);

  const account = aggregateUsage([said(answer), said(answer)]);

  expect(account.tokens).toEqual({ promptTokens: 20, completionTokens: 10 });
  expect(account.responses).toEqual([answer, answer]);
});

test('a call that three have noticed counts once, and its answer is what the handler kept', () => {
  const kept = { ...completion('chatcmpl-1', 10, 5), note: 'of the handler' };

  const account = aggregateUsage([
    seen(completion('chatcmpl-1', 10, 5)),
    spanned({ id: 'chatcmpl-1', promptTokens: 10, completionTokens: 5 }),
    said(kept),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 10, completionTokens: 5 });
  expect(account.responses).toEqual([kept]);
});

test('calls with the same numbers and other ids are other calls', () => {
  const account = aggregateUsage([
    seen(completion('chatcmpl-1', 10, 5)),
    seen(completion('chatcmpl-2', 10, 5)),
    said(completion('chatcmpl-3', 10, 5)),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 30, completionTokens: 15 });
});

test('what one does not know of a call, another may', () => {
  const account = aggregateUsage([
    seen(completion('chatcmpl-1', null, null)),
    spanned({ id: 'chatcmpl-1', promptTokens: 10, completionTokens: 5 }),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 10, completionTokens: 5 });
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
])('tokens that the handler counted for %s count once', (_, counted) => {
  const account = aggregateUsage([
    seen(completion('chatcmpl-1', 10, 5)),
    seen(completion('chatcmpl-2', 20, 6)),
    ...counted.map((counts) => ({ kind: 'tokens', ...counts }) as const),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 30, completionTokens: 11 });
});

test('other tokens that the handler counted are added, those of answers that it kept too', () => {
  const account = aggregateUsage([
    seen(completion('chatcmpl-1', 10, 5)),
    said(completion('chatcmpl-2', 20, 6)),
    { kind: 'tokens', promptTokens: 20, completionTokens: 6 },
    { kind: 'tokens', completionTokens: 1 },
  ]);

  expect(account.tokens).toEqual({ promptTokens: 50, completionTokens: 18 });
});

test.each([
  ['nothing', []],
  ['an answer without usage', [seen(completion('chatcmpl-1', null, null))]],
  ['an answer of an unknown shape', [said({ answer: 42 })]],
  ['a tool', [{ kind: 'tool', name: 'search' } as const]],
])('tokens are unknown, not zero, after %s', (_, records: readonly LlmRecord[]) => {
  const { tokens } = aggregateUsage(records);

  expect(tokens).toBeNull();
});

test('an answer of an unknown shape is kept when the handler keeps it, not when it is seen', () => {
  const account = aggregateUsage([said({ answer: 42 }), seen({ answer: 42 })]);

  expect(account.responses).toEqual([{ answer: 42 }]);
});

test('embeddings count, and their numbers are not kept', () => {
  const account = aggregateUsage([
    seen({
      object: 'list',
      model: 'text-embedding-3-small',
      data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
    seen(completion('chatcmpl-1', 10, 5)),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 18, completionTokens: 5 });
  expect(account.responses).toHaveLength(1);
});

test('an embedding alone has no completion, which is zero and not unknown', () => {
  const account = aggregateUsage([
    said({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.1] }],
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
  ]);

  expect(account.tokens).toEqual({ promptTokens: 8, completionTokens: 0 });
});

test('answers beyond what there is time for are not read', () => {
  const records = [seen(completion('chatcmpl-1', 10, 5)), seen(completion('chatcmpl-2', 20, 6))];

  const account = aggregateUsage(records, JSON.stringify(completion('chatcmpl-1', 10, 5)).length);

  expect(account.tokens).toEqual({ promptTokens: 10, completionTokens: 5 });
});

test.each([
  [{ method: 'tools/call', params: { name: 'book_flight', arguments: {} } }, ['book_flight']],
  [[{ method: 'tools/call', params: { name: 'a' } }, { method: 'tools/list' }], ['a']],
  [{ method: 'tools/list' }, []],
  [{ method: 'tools/call', params: { name: 7 } }, []],
  [null, []],
])('the tool of an MCP request is read: %j', (request, tools) => {
  const account = aggregateUsage([{ kind: 'mcp-request', body: pieces(JSON.stringify(request)) }]);

  expect(account.tools).toEqual(tools);
});

test.each([
  [
    'an MCP request that is no JSON',
    { kind: 'mcp-request', body: pieces('{"method":"tools/call","params":{"name":"\\x"') },
  ],
  ['an answer that may not be read', said(hostile())],
] as const)('%s does no harm', (_, record) => {
  const account = aggregateUsage([record, seen(completion('chatcmpl-1', 10, 5, ['search']))]);

  expect(account).toMatchObject({
    tokens: { promptTokens: 10, completionTokens: 5 },
    tools: ['search'],
  });
});

test('the tool of an MCP request is read although its end is missing', () => {
  const text = JSON.stringify({
    method: 'tools/call',
    params: { name: 'say "hi"', arguments: { text: 'x'.repeat(100) } },
  });

  const account = aggregateUsage([{ kind: 'mcp-request', body: pieces(text.slice(0, -50)) }]);

  expect(account.tools).toEqual(['say "hi"']);
});

function hostile(): object {
  const refuse = (): never => {
    throw new Error('not to be read');
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse });
}

function said(value: unknown): LlmRecord {
  return { kind: 'response', value };
}

function seen(answer: unknown): LlmRecord {
  const exchange = {
    url: 'https://api.openai.com/v1/chat/completions',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: pieces(JSON.stringify(answer)),
    isCut: false,
  };
  return { kind: 'exchange', exchange };
}

function spanned(counts: {
  readonly id: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}): LlmRecord {
  const reading: ParsedUsage = {
    provider: 'openai',
    id: counts.id,
    usage: { ...counts, cacheReadTokens: null, reasoningTokens: null },
    tools: [],
  };
  return { kind: 'span', reading };
}

function pieces(text: string): Uint8Array[] {
  return [Buffer.from(text.slice(0, 30)), Buffer.from(text.slice(30))];
}

function completion(
  id: string,
  prompt: number | null,
  completed: number | null,
  tools: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return {
    id,
    object: 'chat.completion',
    model: 'gpt-5',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: {
          role: 'assistant',
          content: 'Hi',
          tool_calls: tools.map((name) => ({
            type: 'function',
            function: { name, arguments: '{}' },
          })),
        },
      },
    ],
    ...(prompt !== null && { usage: { prompt_tokens: prompt, completion_tokens: completed } }),
  };
}
