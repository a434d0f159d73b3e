import { json, lines, sentData, sentEvents, type Transcript, usageOf } from '../transcript.ts';

const cohereUrl = 'https://api.cohere.com/v2/chat';
const cohereUsage = {
  billed_units: { input_tokens: 5, output_tokens: 418 },
  tokens: { input_tokens: 71, output_tokens: 420 },
  cached_tokens: 16,
};
const cohereRead = {
  provider: 'cohere',
  id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
  usage: usageOf(71, 420, { cacheReadTokens: 16 }),
  tools: ['get_weather', 'get_time'],
};
const cohereCalls = [
  { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Köln"}' } },
  { id: 'c2', type: 'function', function: { name: 'get_time', arguments: '{}' } },
];
const cohereV1End = {
  response_id: 'r1',
  generation_id: 'g1',
  text: 'Hi',
  chat_history: [],
  finish_reason: 'COMPLETE',
  tool_calls: [{ name: 'query_sales', parameters: { day: 1 } }],
  meta: {
    api_version: { version: '1' },
    billed_units: { input_tokens: 5, output_tokens: 2 },
    tokens: { input_tokens: 70, output_tokens: 3 },
  },
};
const cohereV1Read = {
  provider: 'cohere',
  id: 'r1',
  usage: usageOf(70, 3),
  tools: ['query_sales'],
};

const ollamaRead = { provider: 'ollama', model: 'qwen3', usage: usageOf(26, 282), tools: [] };
const ollamaEnd = {
  done: true,
  done_reason: 'stop',
  total_duration: 4883583458,
  load_duration: 1334875,
  prompt_eval_count: 26,
  prompt_eval_duration: 342546000,
  eval_count: 282,
  eval_duration: 4535599000,
};
const ollamaFacts = { model: 'qwen3', created_at: '2025-07-01T00:00:00Z' };

const conversation = {
  object: 'conversation.response',
  conversation_id: 'conv_1',
  outputs: [
    { type: 'tool.execution', name: 'web_search', id: 'tool_1', arguments: '{"q":1}' },
    { type: 'function.call', name: 'get_weather', tool_call_id: 'x', arguments: '{}', id: 'fc_1' },
    {
      type: 'message.output',
      id: 'msg_1',
      model: 'mistral-medium',
      role: 'assistant',
      content: 'Hi',
    },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 150, connector_tokens: 30 },
};
const conversationRead = {
  provider: 'mistral',
  id: 'msg_1',
  model: 'mistral-medium',
  usage: usageOf(130, 20),
  tools: ['web_search', 'get_weather'],
};

export const otherPlain: readonly Transcript[] = [
  {
    name: 'Cohere v2 with calls of tools',
    url: cohereUrl,
    ...json({
      id: cohereRead.id,
      finish_reason: 'TOOL_CALL',
      message: { role: 'assistant', tool_plan: 'I will look.', tool_calls: cohereCalls },
      usage: cohereUsage,
    }),
    parsed: cohereRead,
  },
  {
    name: 'Cohere v1',
    url: 'https://api.cohere.com/v1/chat',
    ...json(cohereV1End),
    parsed: cohereV1Read,
  },
  {
    name: 'Cohere embed',
    url: 'https://api.cohere.com/v2/embed',
    ...json({
      id: 'e1',
      embeddings: { float: [[0.1]] },
      texts: ['hello'],
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } },
    }),
    parsed: { provider: 'cohere', id: 'e1', usage: usageOf(2, 0), isInputOnly: true, tools: [] },
  },
  {
    name: 'Ollama chat with calls of tools',
    url: 'http://127.0.0.1:11434/api/chat',
    ...json({
      ...ollamaFacts,
      message: {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Köln' } } }],
      },
      ...ollamaEnd,
    }),
    parsed: { ...ollamaRead, tools: ['get_weather'] },
  },
  {
    name: 'Mistral chat',
    url: 'https://api.mistral.ai/v1/chat/completions',
    ...json({
      id: 'cmpl-e5cc70bb28c444948073e77776eb30ef',
      object: 'chat.completion',
      model: 'mistral-small-latest',
      created: 1702256327,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: '',
            tool_calls: [
              { id: 'D681', function: { name: 'get_weather', arguments: '{}' }, index: 0 },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 16, completion_tokens: 34, total_tokens: 50 },
    }),
    parsed: {
      provider: 'openai',
      id: 'cmpl-e5cc70bb28c444948073e77776eb30ef',
      model: 'mistral-small-latest',
      usage: usageOf(16, 34),
      tools: ['get_weather'],
    },
  },
  {
    name: 'Mistral conversation',
    url: 'https://api.mistral.ai/v1/conversations',
    ...json(conversation),
    parsed: conversationRead,
  },
];

export const otherStreams: readonly Transcript[] = [
  {
    name: 'Cohere v2 with calls of tools',
    url: cohereUrl,
    ...sentEvents([
      {
        type: 'message-start',
        ...{ id: cohereRead.id, delta: { message: { role: 'assistant' } } },
      },
      { type: 'tool-plan-delta', ...{ delta: { message: { tool_plan: 'I will ' } } } },
      { type: 'tool-plan-delta', ...{ delta: { message: { tool_plan: 'look.' } } } },
      ...cohereCalls.flatMap(({ id, type, function: { name, arguments: args } }, index) => [
        {
          type: 'tool-call-start',
          index,
          delta: { message: { tool_calls: { id, type, function: { name, arguments: '' } } } },
        },
        {
          type: 'tool-call-delta',
          index,
          delta: { message: { tool_calls: { function: { arguments: args } } } },
        },
        { type: 'tool-call-end', index },
      ]),
      {
        type: 'message-end',
        ...{ delta: { finish_reason: 'TOOL_CALL', usage: cohereUsage } },
      },
    ]),
    parsed: cohereRead,
    response: {
      message: { role: 'assistant', tool_plan: 'I will look.', tool_calls: cohereCalls },
      usage: cohereUsage,
    },
  },
  {
    name: 'Cohere v2 text',
    url: cohereUrl,
    ...sentEvents([
      {
        type: 'message-start',
        ...{ id: cohereRead.id, delta: { message: { role: 'assistant' } } },
      },
      {
        type: 'content-start',
        ...{ index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      },
      { type: 'content-delta', ...{ index: 0, delta: { message: { content: { text: 'Grü' } } } } },
      { type: 'content-delta', ...{ index: 0, delta: { message: { content: { text: 'ße' } } } } },
      { type: 'content-end', ...{ index: 0 } },
      { type: 'message-end', ...{ delta: { finish_reason: 'COMPLETE', usage: cohereUsage } } },
    ]),
    parsed: { ...cohereRead, tools: [] },
    response: { message: { role: 'assistant', content: [{ type: 'text', text: 'Grüße' }] } },
  },
  {
    name: 'Cohere v1',
    url: 'https://api.cohere.com/v1/chat',
    ...lines([
      { event_type: 'stream-start', is_finished: false, generation_id: 'r1' },
      { event_type: 'text-generation', is_finished: false, text: 'Hi' },
      {
        event_type: 'tool-calls-generation',
        is_finished: false,
        tool_calls: cohereV1End.tool_calls,
      },
      {
        event_type: 'stream-end',
        is_finished: true,
        finish_reason: 'COMPLETE',
        response: cohereV1End,
      },
    ]),
    headers: { 'content-type': 'application/stream+json' },
    parsed: cohereV1Read,
    response: cohereV1End,
  },
  {
    name: 'Ollama chat',
    url: 'http://127.0.0.1:11434/api/chat',
    ...lines([
      { ...ollamaFacts, message: { role: 'assistant', content: '', thinking: 'Hm.' }, done: false },
      { ...ollamaFacts, message: { role: 'assistant', content: 'Grüße' }, done: false },
      {
        ...ollamaFacts,
        message: {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'f', arguments: {} } }],
        },
        done: false,
      },
      { ...ollamaFacts, message: { role: 'assistant', content: '' }, ...ollamaEnd },
    ]),
    parsed: { ...ollamaRead, tools: ['f'] },
    response: {
      message: {
        role: 'assistant',
        content: 'Grüße',
        thinking: 'Hm.',
        tool_calls: [{ function: { name: 'f', arguments: {} } }],
      },
      done: true,
    },
  },
  {
    name: 'Ollama generate',
    url: 'http://127.0.0.1:11434/api/generate',
    ...lines([
      { ...ollamaFacts, response: 'The', done: false },
      { ...ollamaFacts, response: ' sky', done: false },
      { ...ollamaFacts, response: '', ...ollamaEnd, context: [1, 2] },
    ]),
    parsed: ollamaRead,
    response: { response: 'The sky' },
  },
  {
    name: 'Mistral chat, usage in the last chunk',
    url: 'https://api.mistral.ai/v1/chat/completions',
    ...sentData([
      {
        id: 'm1',
        object: 'chat.completion.chunk',
        model: 'mistral-small-latest',
        choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
      },
      {
        id: 'm1',
        object: 'chat.completion.chunk',
        model: 'mistral-small-latest',
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 16, completion_tokens: 3, total_tokens: 19 },
      },
    ]),
    parsed: {
      provider: 'openai',
      id: 'm1',
      model: 'mistral-small-latest',
      usage: usageOf(16, 3),
      tools: [],
    },
  },
  {
    name: 'Mistral conversation',
    url: 'https://api.mistral.ai/v1/conversations',
    ...sentEvents([
      { type: 'conversation.response.started', ...{ conversation_id: 'conv_1' } },
      {
        type: 'tool.execution.started',
        ...{ output_index: 0, id: 'tool_1', name: 'web_search', arguments: '{"q":1}' },
      },
      { type: 'tool.execution.done', ...{ output_index: 0, id: 'tool_1', name: 'web_search' } },
      {
        type: 'function.call.delta',
        ...{ output_index: 1, id: 'fc_1', name: 'get_weather', tool_call_id: 'x', arguments: '{' },
      },
      {
        type: 'function.call.delta',
        ...{ output_index: 1, id: 'fc_1', name: 'get_weather', tool_call_id: 'x', arguments: '}' },
      },
      {
        type: 'message.output.delta',
        ...{
          output_index: 2,
          id: 'msg_1',
          model: 'mistral-medium',
          role: 'assistant',
          content: 'Hi',
        },
      },
      { type: 'conversation.response.done', ...{ usage: conversation.usage } },
    ]),
    parsed: conversationRead,
    response: { outputs: conversation.outputs },
  },
];
