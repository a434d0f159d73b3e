import { json, sentData, sentEvents, type Transcript, usageOf } from '../transcript.ts';

const chatUrl = 'https://api.openai.com/v1/chat/completions';
const responsesUrl = 'https://api.openai.com/v1/responses';

const usage = {
  prompt_tokens: 1117,
  completion_tokens: 146,
  total_tokens: 1263,
  prompt_tokens_details: { cached_tokens: 1024, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 64,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};
const usageRead = usageOf(1117, 146, { cacheReadTokens: 1024, reasoningTokens: 64 });
const model = 'gpt-4.1-2025-04-14';

function answer(message: object, finish_reason: string): object {
  return {
    id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
    object: 'chat.completion',
    created: 1741569952,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage,
    service_tier: 'default',
    system_fingerprint: 'fp_fc9f1d7035',
  };
}

function chunk(choices: readonly object[], more: object = {}): object {
  return {
    id: 'chatcmpl-123',
    object: 'chat.completion.chunk',
    created: 1694268190,
    model,
    system_fingerprint: 'fp_44709d6fcb',
    choices,
    ...more,
  };
}

function delta(piece: object, finish_reason: string | null = null, index = 0): object {
  return { index, delta: piece, logprobs: null, finish_reason };
}

function call(index: number, more: object): object {
  return { tool_calls: [{ index, ...more }] };
}

const text = [
  chunk([delta({ role: 'assistant', content: '', refusal: null })], { usage: null }),
  chunk([delta({ content: 'Grüße ' })], { usage: null }),
  chunk([delta({ content: '世界 👋' })], { usage: null }),
  chunk([delta({}, 'stop')], { usage: null }),
];

const responseTools = [
  { type: 'reasoning', id: 'rs_1', summary: [] },
  { type: 'web_search_call', id: 'ws_1', status: 'completed' },
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'get_weather',
    arguments: '{"c":1}',
  },
  { type: 'function_call', id: 'fc_2', call_id: 'call_2', name: 'get_time', arguments: '{}' },
  {
    type: 'mcp_call',
    id: 'mcp_1',
    name: 'roll',
    server_label: 'dice',
    arguments: '{}',
    output: '4',
  },
];

function response(output: readonly object[], more: object): { readonly [name: string]: unknown } {
  return {
    id: 'resp_67ccd2bed1ec8190b14f964abc054267',
    object: 'response',
    created_at: 1741476542,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    model,
    output,
    parallel_tool_calls: true,
    usage: {
      input_tokens: 328,
      input_tokens_details: { cached_tokens: 128 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 32 },
      total_tokens: 415,
    },
    ...more,
  };
}

const started = response([], { status: 'in_progress', usage: null });
const responseRead = {
  provider: 'openai',
  id: 'resp_67ccd2bed1ec8190b14f964abc054267',
  model,
  usage: usageOf(328, 87, { cacheReadTokens: 128, reasoningTokens: 32 }),
};

export const openAiPlain: readonly Transcript[] = [
  {
    name: 'OpenAI chat',
    url: chatUrl,
    ...json(answer({ role: 'assistant', content: 'Hello!', refusal: null }, 'stop')),
    parsed: {
      provider: 'openai',
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      model,
      usage: usageRead,
      tools: [],
    },
  },
  {
    name: 'OpenAI chat with calls of tools',
    url: chatUrl,
    ...json(
      answer(
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
            { id: 'call_2', type: 'custom', custom: { name: 'run_sql', input: 'select 1' } },
            { id: 'call_3', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
          ],
        },
        'tool_calls',
      ),
    ),
    parsed: {
      provider: 'openai',
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      model,
      usage: usageRead,
      tools: ['get_weather', 'run_sql'],
    },
  },
  {
    name: 'OpenAI chat with a legacy function call',
    url: chatUrl,
    ...json(
      answer(
        { role: 'assistant', content: null, function_call: { name: 'old', arguments: '{}' } },
        'function_call',
      ),
    ),
    parsed: {
      provider: 'openai',
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      model,
      usage: usageRead,
      tools: ['old'],
    },
  },
  {
    name: 'OpenAI responses with calls of tools',
    url: responsesUrl,
    ...json(response(responseTools, {})),
    parsed: { ...responseRead, tools: ['web_search', 'get_weather', 'get_time', 'roll'] },
  },
  {
    name: 'OpenAI legacy completion',
    url: 'https://api.openai.com/v1/completions',
    ...json({
      id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7',
      object: 'text_completion',
      created: 1589478378,
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ text: '\n\nThis is', index: 0, logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    }),
    parsed: {
      provider: 'openai',
      id: 'cmpl-uqkvlQyYK7bGYrRHQ0eXlWi7',
      model: 'gpt-3.5-turbo-instruct',
      usage: usageOf(5, 7),
      tools: [],
    },
  },
  {
    name: 'OpenAI embeddings',
    url: 'https://api.openai.com/v1/embeddings',
    ...json(
      {
        object: 'list',
        data: [{ object: 'embedding', embedding: [0.0023, -0.009], index: 0 }],
        model: 'text-embedding-3-small',
        usage: { prompt_tokens: 8, total_tokens: 8 },
      },
      { 'x-request-id': 'req_9' },
    ),
    parsed: {
      provider: 'openai',
      id: 'req_9',
      model: 'text-embedding-3-small',
      usage: usageOf(8, 0),
      isInputOnly: true,
      tools: [],
    },
  },
  {
    name: 'DeepSeek chat',
    url: 'https://api.deepseek.com/chat/completions',
    ...json({
      id: '930c60df-bf64-41c9-a88e-3ec75f81e00e',
      object: 'chat.completion',
      model: 'deepseek-reasoner',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hi' } }],
      usage: {
        prompt_tokens: 30,
        prompt_cache_hit_tokens: 20,
        prompt_cache_miss_tokens: 10,
        completion_tokens: 110,
        completion_tokens_details: { reasoning_tokens: 100 },
        total_tokens: 140,
      },
    }),
    parsed: {
      provider: 'openai',
      id: '930c60df-bf64-41c9-a88e-3ec75f81e00e',
      model: 'deepseek-reasoner',
      usage: usageOf(30, 110, { cacheReadTokens: 20, reasoningTokens: 100 }),
      tools: [],
    },
  },
  {
    name: 'xAI chat, which counts reasoning beside the completion',
    url: 'https://api.x.ai/v1/chat/completions',
    ...json({
      id: 'a1',
      object: 'chat.completion',
      model: 'grok-3-mini',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hi' } }],
      usage: {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 135,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
    }),
    parsed: {
      provider: 'openai',
      id: 'a1',
      model: 'grok-3-mini',
      usage: usageOf(32, 103, { reasoningTokens: 94 }),
      tools: [],
    },
  },
];

export const openAiStreams: readonly Transcript[] = [
  {
    name: 'OpenAI chat, usage at the end',
    url: chatUrl,
    ...sentData([...text, chunk([], { usage })]),
    parsed: { provider: 'openai', id: 'chatcmpl-123', model, usage: usageRead, tools: [] },
    response: {
      object: 'chat.completion',
      system_fingerprint: 'fp_44709d6fcb',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Grüße 世界 👋', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
    },
  },
  {
    name: 'OpenAI chat without usage',
    url: chatUrl,
    ...sentData(text),
    parsed: {
      provider: 'openai',
      id: 'chatcmpl-123',
      model,
      usage: usageOf(null, null),
      tools: [],
    },
  },
  {
    name: 'OpenAI chat with parallel calls of tools in pieces',
    url: chatUrl,
    ...sentData([
      chunk([delta({ role: 'assistant', content: null })]),
      chunk([
        delta(
          call(0, {
            id: 'call_a',
            type: 'function',
            function: { name: 'get_weather', arguments: '' },
          }),
        ),
      ]),
      chunk([delta(call(0, { function: { arguments: '{"city":' } }))]),
      chunk([
        delta(
          call(1, {
            id: 'call_b',
            type: 'function',
            function: { name: 'get_time', arguments: '' },
          }),
        ),
      ]),
      chunk([delta(call(0, { function: { arguments: '"Köln"}' } }))]),
      chunk([delta(call(1, { function: { arguments: '{}' } }))]),
      chunk([delta({}, 'tool_calls')]),
      chunk([], { usage }),
    ]),
    parsed: {
      provider: 'openai',
      id: 'chatcmpl-123',
      model,
      usage: usageRead,
      tools: ['get_weather', 'get_time'],
    },
    response: {
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'call_a',
                type: 'function',
                function: { name: 'get_weather', arguments: '{"city":"Köln"}' },
              },
              { id: 'call_b', type: 'function', function: { name: 'get_time', arguments: '{}' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
    },
  },
  {
    name: 'vLLM, counting along in every chunk, two choices',
    url: 'http://127.0.0.1:8000/v1/chat/completions',
    ...sentData(
      [
        [delta({ role: 'assistant', content: '' }), 0],
        [delta({ role: 'assistant', content: '' }, null, 1), 0],
        [delta({ content: 'a' }), 1],
        [delta({ content: 'b' }, null, 1), 2],
        [delta({ content: 'c' }, 'stop'), 3],
        [delta({ content: 'd' }, 'stop', 1), 4],
      ]
        .map(([choice, completion_tokens]) =>
          chunk([Object(choice)], {
            usage: {
              prompt_tokens: 11,
              completion_tokens,
              total_tokens: 11 + Number(completion_tokens),
            },
          }),
        )
        .concat(
          chunk([], { usage: { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 } }),
        ),
    ),
    parsed: { provider: 'openai', id: 'chatcmpl-123', model, usage: usageOf(11, 4), tools: [] },
  },
  {
    name: 'Groq, usage in x_groq',
    url: 'https://api.groq.com/openai/v1/chat/completions',
    ...sentData([
      chunk([delta({ role: 'assistant', content: '' })], { x_groq: { id: 'req_01' } }),
      chunk([delta({ content: 'Hi' })]),
      chunk([delta({}, 'stop')], {
        x_groq: {
          id: 'req_01',
          usage: { queue_time: 0.1, prompt_tokens: 18, completion_tokens: 3, total_tokens: 21 },
        },
      }),
    ]),
    parsed: { provider: 'openai', id: 'chatcmpl-123', model, usage: usageOf(18, 3), tools: [] },
  },
  {
    name: 'OpenRouter, comments meanwhile, usage with an empty choice after the last',
    url: 'https://openrouter.ai/api/v1/chat/completions',
    headers: { 'content-type': 'text/event-stream' },
    body: Buffer.from(
      [
        ': OPENROUTER PROCESSING',
        '',
        `data: ${JSON.stringify(chunk([delta({ role: 'assistant', content: 'Hi' })], { provider: 'Fireworks' }))}`,
        '',
        ': OPENROUTER PROCESSING',
        '',
        `data: ${JSON.stringify(chunk([delta({ content: '' }, 'stop')], { provider: 'Fireworks' }))}`,
        '',
        `data: ${JSON.stringify(
          chunk([delta({ role: 'assistant', content: '' })], {
            provider: 'Fireworks',
            usage: { prompt_tokens: 14, completion_tokens: 5, total_tokens: 19, cost: 0.00001 },
          }),
        )}`,
        '',
        'data: [DONE]',
        '',
        '',
      ].join('\r\n'),
    ),
    parsed: { provider: 'openai', id: 'chatcmpl-123', model, usage: usageOf(14, 5), tools: [] },
  },
  {
    name: 'Azure OpenAI, the first chunk about the prompt only',
    url: 'https://me.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21',
    ...sentData([
      {
        choices: [],
        created: 0,
        id: '',
        model: '',
        object: '',
        prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
      },
      ...text,
      chunk([], { usage }),
    ]),
    parsed: { provider: 'openai', id: 'chatcmpl-123', model, usage: usageRead, tools: [] },
  },
  {
    name: 'OpenAI legacy completion',
    url: 'https://api.openai.com/v1/completions',
    ...sentData([
      {
        id: 'cmpl-1',
        object: 'text_completion',
        model,
        choices: [{ text: 'a', index: 0, finish_reason: null }],
      },
      {
        id: 'cmpl-1',
        object: 'text_completion',
        model,
        choices: [{ text: 'b', index: 0, finish_reason: 'stop' }],
      },
      {
        id: 'cmpl-1',
        object: 'text_completion',
        model,
        choices: [],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      },
    ]),
    parsed: { provider: 'openai', id: 'cmpl-1', model, usage: usageOf(5, 2), tools: [] },
    response: { choices: [{ text: 'ab', index: 0, finish_reason: 'stop' }] },
  },
  {
    name: 'OpenAI responses with calls of tools',
    url: responsesUrl,
    ...sentEvents([
      { type: 'response.created', ...{ response: started } },
      { type: 'response.in_progress', ...{ response: started } },
      ...responseTools.flatMap((item, output_index) => [
        { type: 'response.output_item.added', output_index, item: { ...item, arguments: '' } },
        ...('arguments' in item
          ? [
              {
                type: 'response.function_call_arguments.delta',
                output_index,
                delta: item.arguments,
              },
            ]
          : []),
        { type: 'response.output_item.done', output_index, item },
      ]),
      { type: 'response.completed', ...{ response: response(responseTools, {}) } },
    ]),
    parsed: { ...responseRead, tools: ['web_search', 'get_weather', 'get_time', 'roll'] },
    response: { status: 'completed', output: responseTools },
  },
];
