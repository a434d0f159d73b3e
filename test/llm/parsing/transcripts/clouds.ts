/** Protocols of clouds and gateways, and Google's newer ones. */
import { json, sentData, sentEvents, type Transcript, usageOf } from '../transcript.ts';

const vercel = { provider: 'vercel-ai', id: 'gen_1', model: 'openai/gpt-5', tools: ['look'] };
const vercelUsage = {
  inputTokens: { total: 100, noCache: 20, cacheRead: 80, cacheWrite: 0 },
  outputTokens: { total: 30, text: 10, reasoning: 20 },
};
const vercelParsed = {
  ...vercel,
  usage: usageOf(100, 30, { cacheReadTokens: 80, cacheWriteTokens: 0, reasoningTokens: 20 }),
};
const toolCall = { type: 'tool-call', toolCallId: '1', toolName: 'look', input: '{}' };

const interaction = { id: 'v1_abc', object: 'interaction', model: 'gemini-2.5-flash' };
const interactionUsage = {
  ...{ total_input_tokens: 9, total_cached_tokens: 4, total_output_tokens: 13 },
  ...{ total_tool_use_tokens: 5, total_thought_tokens: 211, total_tokens: 238 },
};
const steps = [
  { type: 'thought', signature: 'x' },
  { type: 'google_search_call', id: '1', arguments: {} },
  { type: 'function_call', id: '2', name: 'look', arguments: {} },
];
const interactionParsed = {
  ...{ provider: 'gemini', id: 'v1_abc', model: 'gemini-2.5-flash' },
  usage: usageOf(14, 224, { cacheReadTokens: 4, reasoningTokens: 211 }),
  tools: ['google_search', 'look'],
};

const workersUrl = 'https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama';
const dashScopeUrl =
  'https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation';
const watsonxUrl = 'https://us-south.ml.cloud.ibm.com/ml/v1/text/generation';
const counts = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 };
const dashScopeParsed = {
  ...{ provider: 'dashscope', id: 'r-1', usage: usageOf(20, 10), tools: ['look'] },
};
const message = {
  ...{ role: 'assistant', content: '' },
  tool_calls: [{ type: 'function', function: { name: 'look', arguments: '{}' } }],
};

export const cloudPlain: readonly Transcript[] = [
  {
    name: 'Vercel AI Gateway',
    url: 'https://ai-gateway.vercel.sh/v4/ai/language-model',
    ...json({
      content: [toolCall],
      finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
      usage: vercelUsage,
      response: { id: 'gen_1', modelId: 'openai/gpt-5' },
    }),
    parsed: vercelParsed,
  },
  {
    name: 'Gemini interaction',
    url: 'https://generativelanguage.googleapis.com/v1beta/interactions',
    ...json({ ...interaction, status: 'completed', steps, usage: interactionUsage }),
    parsed: interactionParsed,
  },
  {
    name: 'Vertex AI embeddings',
    url: 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict',
    ...json({
      predictions: [6, 7].map((token_count) => ({
        embeddings: { values: [0.1], statistics: { token_count, truncated: false } },
      })),
      metadata: { billableCharacterCount: 40 },
    }),
    parsed: {
      ...{ provider: 'gemini', model: 'text-embedding-005', usage: usageOf(13, 0) },
      ...{ isInputOnly: true, tools: [] },
    },
  },
  {
    name: 'Workers AI with calls of tools',
    url: workersUrl,
    ...json({
      result: { response: '', tool_calls: [{ name: 'look', arguments: {} }], usage: counts },
      ...{ success: true, errors: [], messages: [] },
    }),
    parsed: { provider: 'workers-ai', usage: usageOf(20, 10), tools: ['look'] },
  },
  {
    name: 'DashScope with calls of tools',
    url: dashScopeUrl,
    ...json({
      request_id: 'r-1',
      output: { choices: [{ finish_reason: 'tool_calls', message }] },
      usage: { input_tokens: 20, output_tokens: 10, total_tokens: 30 },
    }),
    parsed: dashScopeParsed,
  },
  {
    name: 'watsonx.ai text generation',
    url: watsonxUrl,
    ...json({
      model_id: 'ibm/granite',
      results: [
        {
          ...{ generated_text: 'Hi', generated_token_count: 10, input_token_count: 20 },
          stop_reason: 'eos_token',
        },
      ],
    }),
    parsed: { provider: 'watsonx', model: 'ibm/granite', usage: usageOf(20, 10), tools: [] },
  },
  {
    name: 'DeepInfra text generation',
    url: 'https://api.deepinfra.com/v1/inference/meta-llama/llama',
    ...json({
      ...{ request_id: 'R1', results: [{ generated_text: 'Hi' }], num_tokens: 10 },
      inference_status: { status: 'succeeded', tokens_generated: 10, tokens_input: 20 },
    }),
    parsed: { provider: 'deepinfra', id: 'R1', usage: usageOf(20, 10), tools: [] },
  },
];

export const cloudStreams: readonly Transcript[] = [
  {
    name: 'Vercel AI Gateway',
    url: 'https://ai-gateway.vercel.sh/v4/ai/language-model',
    ...sentEvents([
      { type: 'stream-start', ...{ warnings: [] } },
      { type: 'response-metadata', ...{ id: 'gen_1', modelId: 'openai/gpt-5' } },
      { type: 'text-delta', ...{ id: '0', delta: 'Hi' } },
      toolCall,
      { type: 'finish', ...{ finishReason: { unified: 'tool-calls' }, usage: vercelUsage } },
    ]),
    parsed: vercelParsed,
    response: { content: [{ type: 'text', text: 'Hi' }, toolCall] },
  },
  {
    name: 'Gemini interaction',
    url: 'https://generativelanguage.googleapis.com/v1beta/interactions',
    ...sentData(
      [
        { event_type: 'interaction.start', interaction: { ...interaction, status: 'in_progress' } },
        ...steps.map((step, index) => ({ event_type: 'step.start', index, step })),
        {
          event_type: 'interaction.complete',
          interaction: { ...interaction, status: 'completed', usage: interactionUsage },
        },
      ],
      '',
    ),
    parsed: interactionParsed,
  },
  {
    name: 'Workers AI',
    url: workersUrl,
    ...sentData([
      { response: 'H', p: 'ab' },
      { response: 'i', p: 'ab' },
      { response: '', tool_calls: [{ name: 'look', arguments: {} }], usage: counts },
    ]),
    parsed: { provider: 'workers-ai', usage: usageOf(20, 10), tools: ['look'] },
    response: { result: { response: 'Hi' } },
  },
  {
    name: 'DashScope',
    url: dashScopeUrl,
    ...sentData(
      [3, 10].map((output_tokens, index) => ({
        request_id: 'r-1',
        output: { choices: [{ finish_reason: index === 1 ? 'tool_calls' : 'null', message }] },
        usage: { input_tokens: 20, output_tokens, total_tokens: 20 + output_tokens },
      })),
      '',
    ),
    parsed: dashScopeParsed,
  },
  {
    name: 'watsonx.ai text generation',
    url: `${watsonxUrl}_stream`,
    ...sentData(
      [
        ['H', 1, 20, 'not_finished'],
        ['i', 10, 0, 'eos_token'],
      ].map(([generated_text, generated_token_count, input_token_count, stop_reason]) => ({
        model_id: 'ibm/granite',
        results: [{ generated_text, generated_token_count, input_token_count, stop_reason }],
      })),
      '',
    ),
    parsed: { provider: 'watsonx', model: 'ibm/granite', usage: usageOf(20, 10), tools: [] },
    response: { results: [{ generated_text: 'Hi' }] },
  },
];
