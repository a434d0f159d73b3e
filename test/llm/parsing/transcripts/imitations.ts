/** Servers that imitate OpenAI, each in its own way. */
import type { ParsedUsage } from '../../../../src/llm/parsed-usage/parsed-usage.ts';
import { json, sentData, type Transcript, usageOf } from '../transcript.ts';

const facts = { id: 'gen-1', object: 'chat.completion.chunk', created: 1_750_000_000, model: 'm' };
const parsed: ParsedUsage = {
  provider: 'openai',
  id: 'gen-1',
  model: 'm',
  usage: usageOf(57, 17),
  tools: [],
};
const usage = { prompt_tokens: 57, completion_tokens: 17, total_tokens: 74 };

function chunk(delta: object, more: object = {}, index = 0): object {
  return { ...facts, choices: [{ index, delta, finish_reason: null }], ...more };
}

function chat(message: object, counts: object): object {
  return {
    ...facts,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    usage: counts,
  };
}

export const imitationPlain: readonly Transcript[] = [
  {
    name: "Gemini's OpenAI endpoint, thoughts in the total only",
    url: 'https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
    ...json(chat({ content: 'Hi' }, { ...usage, total_tokens: 274 })),
    parsed: { ...parsed, usage: usageOf(57, 217, { reasoningTokens: 200 }) },
  },
  {
    name: 'Voxtral, audio beside the prompt',
    url: 'https://api.mistral.ai/v1/chat/completions',
    ...json(
      chat(
        { content: 'Hi' },
        {
          ...{ ...usage, total_tokens: 449, prompt_audio_seconds: 3 },
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 375 },
        },
      ),
    ),
    parsed: { ...parsed, usage: usageOf(432, 17, { cacheReadTokens: 0 }) },
  },
  {
    name: 'a gateway to Anthropic, cached tokens in the total only',
    url: 'https://llm.example/v1/chat/completions',
    ...json(
      chat(
        { content: 'Hi' },
        {
          ...{ ...usage, total_tokens: 1374 },
          ...{ cache_read_input_tokens: 1000, cache_creation_input_tokens: 300 },
        },
      ),
    ),
    parsed: { ...parsed, usage: usageOf(57, 17, { cacheReadTokens: 1000, cacheWriteTokens: 300 }) },
  },
  {
    name: 'Groq, tools of the server',
    url: 'https://api.groq.com/openai/v1/chat/completions',
    ...json(
      chat(
        { content: 'Hi', executed_tools: [{ index: 0, type: 'search', arguments: '{}' }] },
        usage,
      ),
    ),
    parsed: { ...parsed, tools: ['search'] },
  },
  {
    name: 'Together, legacy completion',
    url: 'https://api.together.xyz/v1/completions',
    ...json({
      ...{ ...facts, object: 'text.completion', prompt: [], usage },
      choices: [{ text: 'Hi', index: 0, finish_reason: 'length' }],
    }),
    parsed,
  },
  {
    name: 'Snowflake Cortex',
    url: 'https://a.snowflakecomputing.com/api/v2/cortex/inference:complete',
    ...json({ id: 'gen-1', model: 'm', choices: [{ messages: 'Hi' }], usage }),
    parsed,
  },
  {
    name: 'Voyage embeddings, in the total only',
    url: 'https://api.voyageai.com/v1/embeddings',
    ...json({
      ...{ object: 'list', model: 'voyage-3', usage: { total_tokens: 10 } },
      data: [{ object: 'embedding', embedding: [0.1], index: 0 }],
    }),
    parsed: {
      ...{ provider: 'openai', model: 'voyage-3', usage: usageOf(10, 0), isInputOnly: true },
      tools: [],
    },
  },
  {
    name: 'OpenAI responses, compaction',
    url: 'https://api.openai.com/v1/responses/compact',
    ...json({
      ...{ id: 'resp_1', object: 'response.compaction', output: [{ type: 'compaction' }] },
      usage: {
        ...{ input_tokens: 57, output_tokens: 17, total_tokens: 74 },
        input_tokens_details: { cached_tokens: 3 },
      },
    }),
    parsed: {
      ...{ provider: 'openai', id: 'resp_1', tools: [] },
      usage: usageOf(57, 17, { cacheReadTokens: 3 }),
    },
  },
];

export const imitationStreams: readonly Transcript[] = [
  {
    name: 'OpenRouter, without a finish reason',
    url: 'https://openrouter.ai/api/v1/chat/completions',
    ...sentData([
      chunk({ role: 'assistant', content: '' }),
      chunk({ tool_calls: [{ index: 0, id: '0', function: { name: 'look', arguments: '{}' } }] }),
      chunk({ content: '' }, { usage }),
    ]),
    parsed: { ...parsed, tools: ['look'] },
  },
  {
    name: 'LiteLLM, two choices of which one ends',
    url: 'http://localhost:4000/chat/completions',
    ...sentData([
      chunk({ role: 'assistant', content: 'H' }),
      chunk({ content: 'H' }, {}, 1),
      { ...facts, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      chunk({}, { usage }),
      chunk({}),
    ]),
    parsed,
  },
  {
    name: 'Moonshot, usage in the choice',
    url: 'https://api.moonshot.cn/v1/chat/completions',
    ...sentData([
      chunk({ role: 'assistant', content: 'Hi' }),
      {
        ...facts,
        choices: [
          { index: 0, delta: {}, finish_reason: 'stop', usage: { ...usage, cached_tokens: 7 } },
        ],
      },
    ]),
    parsed: { ...parsed, usage: usageOf(57, 17, { cacheReadTokens: 7 }) },
  },
  {
    name: 'Snowflake Cortex, empty usage before the end',
    url: 'https://a.snowflakecomputing.com/api/v2/cortex/inference:complete',
    ...sentData(
      [
        ...['H', 'i', '!'].map((content) => ({
          ...{ id: 'gen-1', model: 'm', usage: {} },
          choices: [{ delta: { type: 'text', content } }],
        })),
        { id: 'gen-1', model: 'm', choices: [{ delta: { content: '' } }], usage },
      ],
      '',
    ),
    parsed,
  },
];
