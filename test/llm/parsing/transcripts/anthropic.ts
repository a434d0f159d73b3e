import type { ParsedUsage } from '../../../../src/llm/parsed-usage/parsed-usage.ts';
import { chunkFrames, json, sentEvents, type Transcript, usageOf } from '../transcript.ts';

const url = 'https://api.anthropic.com/v1/messages';
const model = 'claude-sonnet-4-5-20250929';

const message = {
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text: 'Hi! My name is Claude.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: {
    input_tokens: 21,
    cache_creation_input_tokens: 188,
    cache_read_input_tokens: 1086,
    cache_creation: { ephemeral_5m_input_tokens: 188, ephemeral_1h_input_tokens: 0 },
    output_tokens: 393,
    service_tier: 'standard',
  },
};

const anthropicRead: ParsedUsage = {
  provider: 'anthropic',
  id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  model,
  usage: usageOf(21, 393, { cacheReadTokens: 1086, cacheWriteTokens: 188 }),
  tools: [],
};

const content = [
  { type: 'thinking', thinking: 'Which city? Köln.', signature: 'EqQBCgIYAhIM' },
  { type: 'text', text: 'I will look.' },
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'weather' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
  { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Köln' } },
  { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'echo', server_name: 'x', input: {} },
];

const start = {
  type: 'message_start',
  message: {
    ...message,
    content: [],
    stop_reason: null,
    usage: { ...message.usage, output_tokens: 3 },
  },
};

const textStream = [
  start,
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi! My ' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'name is Claude.' } },
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 393 },
  },
  { type: 'message_stop' },
];

function blockEvents(block: (typeof content)[number], index: number): { type: string }[] {
  const delta = (piece: object): { type: string } => ({
    type: 'content_block_delta',
    ...{ index, delta: piece },
  });
  const started = (content_block: object): { type: string } => ({
    type: 'content_block_start',
    ...{ index, content_block },
  });
  const stopped = { type: 'content_block_stop', ...{ index } };
  switch (block.type) {
    case 'thinking':
      return [
        started({ type: 'thinking', thinking: '', signature: '' }),
        delta({ type: 'thinking_delta', thinking: 'Which city? ' }),
        delta({ type: 'thinking_delta', thinking: 'Köln.' }),
        delta({ type: 'signature_delta', signature: 'EqQBCgIYAhIM' }),
        stopped,
      ];
    case 'text':
      return [
        started({ type: 'text', text: '' }),
        delta({ type: 'text_delta', text: 'I will look.' }),
        stopped,
      ];
    case 'web_search_tool_result':
      return [started(block), stopped];
    default: {
      const input = JSON.stringify(block.input);
      return [
        started({ ...block, input: {} }),
        delta({ type: 'input_json_delta', partial_json: '' }),
        delta({ type: 'input_json_delta', partial_json: input.slice(0, 5) }),
        delta({ type: 'input_json_delta', partial_json: input.slice(5) }),
        stopped,
      ];
    }
  }
}

const toolStream = [
  start,
  ...content.flatMap(blockEvents),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: {
      input_tokens: 10_682,
      cache_creation_input_tokens: 188,
      cache_read_input_tokens: 1086,
      output_tokens: 510,
      output_tokens_details: { thinking_tokens: 120 },
      server_tool_use: { web_search_requests: 1 },
    },
  },
  { type: 'message_stop' },
];

const bedrockUrl =
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0';

export const anthropicPlain: readonly Transcript[] = [
  { name: 'Anthropic message', url, ...json(message), parsed: anthropicRead },
  {
    name: 'Anthropic message with calls of tools',
    url,
    ...json({
      ...message,
      content,
      stop_reason: 'tool_use',
      usage: { input_tokens: 50, output_tokens: 60 },
    }),
    parsed: {
      ...anthropicRead,
      usage: usageOf(50, 60),
      tools: ['web_search', 'get_weather', 'echo'],
    },
  },
  {
    name: 'Anthropic message after a compaction',
    url,
    ...json({
      ...message,
      usage: {
        input_tokens: 23_000,
        output_tokens: 1000,
        iterations: [
          { type: 'compaction', input_tokens: 180_000, output_tokens: 3500 },
          { type: 'message', input_tokens: 23_000, output_tokens: 1000 },
        ],
      },
    }),
    parsed: { ...anthropicRead, usage: usageOf(203_000, 4500) },
  },
  {
    name: 'Anthropic refusal',
    url,
    ...json({
      ...message,
      content: [],
      stop_reason: 'refusal',
      usage: { input_tokens: 9, output_tokens: 0 },
    }),
    parsed: { ...anthropicRead, usage: usageOf(9, 0) },
  },
  {
    name: 'Anthropic by InvokeModel',
    url: `${bedrockUrl}/invoke`,
    ...json(message, {
      'x-amzn-requestid': '5f7f4f0a',
      'x-amzn-bedrock-input-token-count': '21',
      'x-amzn-bedrock-output-token-count': '393',
    }),
    parsed: anthropicRead,
  },
];

export const anthropicStreams: readonly Transcript[] = [
  {
    name: 'Anthropic message',
    url,
    ...sentEvents(textStream),
    parsed: anthropicRead,
    response: message,
  },
  {
    name: 'Anthropic message by InvokeModelWithResponseStream',
    url: `${bedrockUrl}/invoke-with-response-stream`,
    ...chunkFrames(
      textStream.map((event) =>
        event.type === 'message_stop'
          ? {
              ...event,
              'amazon-bedrock-invocationMetrics': {
                inputTokenCount: 21,
                outputTokenCount: 393,
                invocationLatency: 900,
                firstByteLatency: 300,
              },
            }
          : event,
      ),
    ),
    parsed: anthropicRead,
    response: message,
  },
];

/** Its input grows while the server searches the web. */
export const anthropicSearch: Transcript = {
  name: 'Anthropic message with calls of tools',
  url,
  ...sentEvents(toolStream),
  parsed: {
    ...anthropicRead,
    usage: usageOf(10_682, 510, {
      cacheReadTokens: 1086,
      cacheWriteTokens: 188,
      reasoningTokens: 120,
    }),
    tools: ['web_search', 'get_weather', 'echo'],
  },
  response: { content, stop_reason: 'tool_use' },
};
