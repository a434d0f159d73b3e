import type { ParsedUsage } from '../../../../src/llm/parsed-usage/parsed-usage.ts';
import { chunkFrames, frames, json, type Transcript, usageOf } from '../transcript.ts';

const base = 'https://bedrock-runtime.us-east-1.amazonaws.com/model';
const id = '5f7f4f0a-6b0e-4f52-9d2c-2f3a1d0c9b11';
const requestId = { 'x-amzn-requestid': id };
const nova = 'amazon.nova-pro-v1:0';
const counts = {
  'x-amzn-bedrock-input-token-count': '31',
  'x-amzn-bedrock-output-token-count': '17',
  'x-amzn-bedrock-invocation-latency': '812',
};
const metrics = {
  'amazon-bedrock-invocationMetrics': {
    inputTokenCount: 31,
    outputTokenCount: 17,
    invocationLatency: 812,
    firstByteLatency: 200,
  },
};

const content = [
  { reasoningContent: { reasoningText: { text: 'Thinking.', signature: 'sig' } } },
  { text: 'I will look: Köln.' },
  { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Köln' } } },
  { toolUse: { toolUseId: 'tooluse_2', name: 'get_time', input: {} } },
];
const usage = {
  inputTokens: 125,
  outputTokens: 60,
  totalTokens: 1285,
  cacheReadInputTokens: 1000,
  cacheWriteInputTokens: 100,
};
const converse = {
  output: { message: { role: 'assistant', content } },
  stopReason: 'tool_use',
  usage,
  metrics: { latencyMs: 1275 },
};
const converseRead: ParsedUsage = {
  provider: 'bedrock',
  id,
  model: nova,
  usage: usageOf(125, 60, { cacheReadTokens: 1000, cacheWriteTokens: 100 }),
  tools: ['get_weather', 'get_time'],
};

const events = [
  { messageStart: { role: 'assistant' } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Think' } } } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'ing.' } } } },
  {
    contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'sig' } } },
  },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'I will ' } } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'look: Köln.' } } },
  { contentBlockStop: { contentBlockIndex: 1 } },
  {
    contentBlockStart: {
      contentBlockIndex: 2,
      start: { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather' } },
    },
  },
  { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"city":' } } } },
  { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '"Köln"}' } } } },
  { contentBlockStop: { contentBlockIndex: 2 } },
  {
    contentBlockStart: {
      contentBlockIndex: 3,
      start: { toolUse: { toolUseId: 'tooluse_2', name: 'get_time' } },
    },
  },
  { contentBlockDelta: { contentBlockIndex: 3, delta: { toolUse: { input: '{}' } } } },
  { contentBlockStop: { contentBlockIndex: 3 } },
  { messageStop: { stopReason: 'tool_use' } },
  { metadata: { usage, metrics: { latencyMs: 1275 } } },
];

function family(
  model: string,
  answer: object,
  read: Partial<Transcript['parsed']> & Pick<Transcript['parsed'], 'usage'>,
  headers: Readonly<Record<string, string>> = {},
): Transcript {
  return {
    name: `${model} by InvokeModel`,
    url: `${base}/${model}/invoke`,
    ...json(answer, { ...requestId, ...headers }),
    parsed: { provider: 'bedrock', id, model, tools: [], ...read },
  };
}

function familyStream(
  model: string,
  chunks: readonly object[],
  read: Partial<Transcript['parsed']>,
  response: object,
): Transcript {
  return {
    name: `${model} by InvokeModelWithResponseStream`,
    url: `${base}/${model}/invoke-with-response-stream`,
    ...chunkFrames([...chunks.slice(0, -1), { ...chunks.at(-1), ...metrics }]),
    parsed: { provider: 'bedrock', id, model, tools: [], usage: usageOf(31, 17), ...read },
    response,
  };
}

export const bedrockPlain: readonly Transcript[] = [
  {
    name: 'Converse with calls of tools',
    url: `${base}/amazon.nova-pro-v1%3A0/converse`,
    ...json(converse, requestId),
    parsed: converseRead,
  },
  family(
    'amazon.nova-lite-v1:0',
    {
      ...converse,
      usage: {
        inputTokens: 25,
        outputTokens: 6,
        totalTokens: 31,
        cacheReadInputTokenCount: 4,
        cacheWriteInputTokenCount: 0,
      },
    },
    {
      usage: usageOf(25, 6, { cacheReadTokens: 4, cacheWriteTokens: 0 }),
      tools: ['get_weather', 'get_time'],
    },
  ),
  family(
    'meta.llama3-70b-instruct-v1:0',
    { generation: 'Hi', prompt_token_count: 31, generation_token_count: 17, stop_reason: 'stop' },
    { usage: usageOf(31, 17) },
  ),
  family(
    'amazon.titan-text-express-v1',
    {
      inputTextTokenCount: 31,
      results: [{ tokenCount: 17, outputText: 'Hi', completionReason: 'FINISH' }],
    },
    { usage: usageOf(31, 17) },
  ),
  family(
    'amazon.titan-embed-text-v2:0',
    { embedding: [0.1, 0.2], embeddingsByType: {}, inputTextTokenCount: 8 },
    { usage: usageOf(8, 0), isInputOnly: true },
  ),
  family(
    'mistral.mistral-7b-instruct-v0:2',
    { outputs: [{ text: 'Hi', stop_reason: 'stop' }] },
    { usage: usageOf(31, 17) },
    counts,
  ),
  family(
    'us.deepseek.r1-v1:0',
    { choices: [{ text: 'Hi', stop_reason: 'stop' }] },
    { usage: usageOf(31, 17) },
    counts,
  ),
  family(
    'cohere.command-r-v1:0',
    {
      response_id: 'r1',
      text: 'Hi',
      generation_id: 'g1',
      chat_history: [],
      finish_reason: 'COMPLETE',
    },
    { provider: 'cohere', id: 'r1', usage: usageOf(31, 17) },
    counts,
  ),
  family(
    'ai21.jamba-1-5-large-v1:0',
    {
      id: 'chat-1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 31, completion_tokens: 17, total_tokens: 48 },
    },
    { provider: 'openai', id: 'chat-1', usage: usageOf(31, 17) },
  ),
  family(
    'anthropic.claude-v2:1',
    { type: 'completion', completion: ' Hi', stop_reason: 'stop_sequence', stop: '\n\nHuman:' },
    { usage: usageOf(31, 17) },
    counts,
  ),
  family(
    'some.model-of-tomorrow-v1:0',
    { says: 'Hi' },
    { usage: usageOf(31, 17, { cacheReadTokens: 10, cacheWriteTokens: 4 }) },
    {
      ...counts,
      'x-amzn-bedrock-cache-read-input-token-count': '10',
      'x-amzn-bedrock-cache-write-input-token-count': '4',
    },
  ),
];

export const bedrockStreams: readonly Transcript[] = [
  {
    name: 'ConverseStream with calls of tools',
    url: `${base}/amazon.nova-pro-v1%3A0/converse-stream`,
    ...frames(events),
    parsed: converseRead,
    response: converse,
  },
  {
    name: 'Amazon Nova by InvokeModelWithResponseStream',
    url: `${base}/amazon.nova-pro-v1%3A0/invoke-with-response-stream`,
    ...chunkFrames(events),
    parsed: converseRead,
    response: converse,
  },
  familyStream(
    'meta.llama3-70b-instruct-v1:0',
    [
      { generation: 'H', prompt_token_count: 31, generation_token_count: 1, stop_reason: null },
      { generation: 'i', prompt_token_count: null, generation_token_count: 2, stop_reason: null },
      { generation: '', prompt_token_count: null, generation_token_count: 17, stop_reason: 'stop' },
    ],
    {},
    { generation: 'Hi', prompt_token_count: 31, generation_token_count: 17 },
  ),
  familyStream(
    'amazon.titan-text-express-v1',
    [
      {
        outputText: 'H',
        index: 0,
        totalOutputTextTokenCount: null,
        completionReason: null,
        inputTextTokenCount: 31,
      },
      {
        outputText: 'i',
        index: 0,
        totalOutputTextTokenCount: 17,
        completionReason: 'FINISH',
        inputTextTokenCount: null,
      },
    ],
    {},
    {
      inputTextTokenCount: 31,
      results: [{ tokenCount: 17, outputText: 'Hi', completionReason: 'FINISH' }],
    },
  ),
  familyStream(
    'mistral.mistral-7b-instruct-v0:2',
    [
      { outputs: [{ text: 'H', stop_reason: null }] },
      { outputs: [{ text: 'i', stop_reason: 'stop' }] },
    ],
    {},
    { outputs: [{ text: 'Hi', stop_reason: 'stop' }] },
  ),
  familyStream(
    'us.deepseek.r1-v1:0',
    [
      { choices: [{ text: 'H', stop_reason: null }] },
      { choices: [{ text: 'i', stop_reason: 'stop' }] },
    ],
    {},
    { choices: [{ text: 'Hi', stop_reason: 'stop' }] },
  ),
  familyStream(
    'cohere.command-r-v1:0',
    [
      { event_type: 'stream-start', is_finished: false, generation_id: 'g1' },
      { event_type: 'text-generation', is_finished: false, text: 'Hi' },
      {
        event_type: 'stream-end',
        is_finished: true,
        finish_reason: 'COMPLETE',
        response: { response_id: 'r1', text: 'Hi', generation_id: 'g1', finish_reason: 'COMPLETE' },
      },
    ],
    { provider: 'cohere', id: 'r1' },
    { text: 'Hi' },
  ),
];

/** Only Amazon Bedrock's own counts are understood. */
export const unknownFamilyStream: Transcript = familyStream(
  'some.model-of-tomorrow-v1:0',
  [{ says: 'H' }, { says: 'i' }],
  {},
  [{ says: 'H' }, { says: 'i' }],
);
