/** Which requests are LLM calls, by host and path. */
import { expect, test } from 'vitest';
import { isLlmHost, isNamedHost } from '../../../src/llm/instrumentation/llm-hosts.ts';
import { isLlmPath, looksLikeLlm } from '../../../src/llm/instrumentation/llm-paths.ts';

function isLlmCall(url: string, method = 'POST'): boolean {
  const { host, pathname, search } = new URL(url);
  return isLlmHost(host) && isLlmPath(method, `${pathname}${search}`);
}

test.each([
  'https://api.openai.com/v1/chat/completions',
  'https://api.openai.com/v1/responses/compact',
  'https://eu.api.openai.com/v1/responses',
  'https://my.openai.azure.us/openai/deployments/d/chat/completions?api-version=2025-01-01',
  'https://models.inference.ai.azure.com/chat/completions',
  'https://api.anthropic.com/v1/messages',
  'https://api.anthropic.com/v1/complete',
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream',
  'https://bedrock-runtime.us-east-1.api.aws/model/m/invoke',
  'https://bedrock-runtime-fips.us-gov-west-1.api.aws/model/m/converse',
  'https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions',
  'https://runtime.sagemaker.eu-west-1.amazonaws.com/endpoints/e/invocations-response-stream',
  'https://generativelanguage.googleapis.com/v1beta/interactions',
  'https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse',
  'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict',
  'https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/m:generateContent',
  'https://ai-gateway.vercel.sh/v1/ai/language-model',
  'https://ai-gateway.vercel.sh/v4/ai/embedding-model',
  'https://ollama.com/api/chat',
  'http://localhost:11434/api/generate',
  'https://api.z.ai/api/paas/v4/chat/completions',
  'https://api.cohere.com/v1/generate',
  'https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama-3.1-8b-instruct',
  'https://gateway.ai.cloudflare.com/v1/a/g/workers-ai/@cf/meta/llama-3.1-8b-instruct',
  'https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation',
  'https://api.moonshot.cn/v1/chat/completions',
  'https://api.writer.com/v1/chat',
  'https://dbc-1.cloud.databricks.com/serving-endpoints/e/invocations',
  'https://account.snowflakecomputing.com/api/v2/cortex/inference:complete',
  'https://us-south.ml.cloud.ibm.com/ml/v1/text/chat_stream?version=2025-01-01',
  'https://api.voyageai.com/v1/embeddings',
  'https://api.portkey.ai/v1/chat/completions',
  'https://oai.helicone.ai/v1/chat/completions',
  'https://e.us-east-1.aws.endpoints.huggingface.cloud/v1/chat/completions',
  'https://api.deepinfra.com/v1/openai/chat/completions',
  'https://api.novita.ai/v3/openai/chat/completions',
  'https://api.studio.nebius.com/v1/chat/completions',
  'https://api.minimax.io/v1/text/chatcompletion_v2',
  'https://api.ai21.com/studio/v1/chat/completions',
  'https://api.jina.ai/v1/embeddings',
])('is an LLM call: %s', (url) => {
  expect(isLlmCall(url)).toBe(true);
});

test.each([
  'https://api.openai.com/v1/files',
  'https://api.openai.com/v1/responses/input_tokens',
  'https://api.anthropic.com/v1/messages/count_tokens',
  'https://bedrock-runtime.us-east-1.amazonaws.com/guardrail/g/version/1/apply',
  'https://generativelanguage.googleapis.com/v1beta/cachedContents',
  'https://generativelanguage.googleapis.com/v1beta/models/m:countTokens',
  'https://api.cloudflare.com/client/v4/zones',
  'https://account.snowflakecomputing.com/api/v2/statements',
  'https://example.com/v1/chat/completions',
  'https://api.openai.com.example.com/v1/chat/completions',
])('is no LLM call: %s', (url) => {
  expect(isLlmCall(url)).toBe(false);
});

test('polls of responses in the background are LLM calls, other reads are not', () => {
  const base = 'https://api.openai.com/v1/responses';

  expect(isLlmCall(`${base}/resp_1?stream=false`, 'GET')).toBe(true);
  expect(isLlmCall(`${base}/resp_1/input_items`, 'GET')).toBe(false);
  expect(isLlmCall('https://api.openai.com/v1/chat/completions/chatcmpl-1', 'GET')).toBe(false);
});

test('a user names hosts with a port, and all below a domain', () => {
  const named = new Set(['llm.example:8080', '*.gateway.example']);

  expect(isNamedHost('llm.example:8080', named)).toBe(true);
  expect(isNamedHost('llm.example', named)).toBe(false);
  expect(isNamedHost('eu.gateway.example:443', named)).toBe(true);
});

test('a path that many servers imitate looks like an LLM call', () => {
  expect(looksLikeLlm('/openai/v1/chat/completions')).toBe(true);
  expect(looksLikeLlm('/v1/messages?beta=true')).toBe(true);
  expect(looksLikeLlm('/messages')).toBe(false);
  expect(looksLikeLlm('/orders')).toBe(false);
});
