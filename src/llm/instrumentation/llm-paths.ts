/** The paths of LLM providers' models. */

/** Formats that many servers imitate. */
const common = [
  'chat/completions',
  'v1/completions',
  'v1/responses',
  'v1/messages',
  'v1/embeddings',
  'api/chat',
  'api/generate',
] as const;

const others = [
  'completions',
  'responses(?:/compact)?',
  'messages',
  'embeddings',
  // Amazon Bedrock and SageMaker
  'converse(?:-stream)?',
  'invoke(?:-with-response-stream)?',
  'invocations(?:-response-stream)?',
  // Anthropic's text completions
  'v1/complete',
  // Google
  'interactions',
  // Mistral
  'fim/completions',
  'conversations(?:/[\\w-]+)?',
  // Cohere, Writer
  'v[12]/(?:chat|embed|generate)',
  // Ollama
  'api/(?:embed|embeddings)',
  // Vercel AI Gateway
  'v\\d/ai/(?:language|embedding)-model',
  // Cloudflare Workers AI
  'ai/run/@[\\w./-]+',
  'workers-ai/@[\\w./-]+',
  // DashScope
  'services/(?:aigc/(?:text|multimodal)-generation/generation|embeddings/[\\w-]+/[\\w-]+)',
  // watsonx.ai
  'text/(?:generation|generation_stream|chat|chat_stream|embeddings)',
  // MiniMax, DeepInfra, Hugging Face
  'text/chatcompletion_v2',
  'v1/inference/[\\w./-]+',
  'generate(?:_stream)?',
];

const methods = [
  // Google's, and Snowflake Cortex
  '(?:stream)?[gG]enerateContent',
  '(?:stream)?[rR]awPredict',
  '(?:batch)?[eE]mbedContents?',
  'predict',
  'complete',
];

const end = '/?(?:\\?|$)';
const known = new RegExp(
  `/(?:${[...common, ...others].join('|')})${end}|:(?:${methods.join('|')})(?:\\?|$)`,
);
const imitated = new RegExp(
  `/(?:${common.join('|')})${end}|:(?:stream)?[gG]enerateContent(?:\\?|$)`,
);
/** OpenAI's responses in the background, and Google's interactions. */
const polled = /\/(?:responses\/resp_[\w-]+|interactions\/[\w-]+)\/?(?:\?|$)/;

/** Whether a path on a provider's host is that of a model. */
export function isLlmPath(method: string, path: string): boolean {
  return method === 'GET' ? polled.test(path) : known.test(path);
}

/** Whether a path on an unknown host is likely that of a model. */
export function looksLikeLlm(path: string): boolean {
  return imitated.test(path);
}

/** Whether a `GET` asks for a response that is created in the background. */
export function isPoll(path: string): boolean {
  return polled.test(path);
}
