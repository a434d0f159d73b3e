import type { LlmProvider } from '../parsed-usage/provider.ts';
import { anthropic } from './anthropic.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import { cohere } from './cohere.ts';
import { dashScope } from './dashscope.ts';
import { deepInfra } from './deepinfra.ts';
import { gemini } from './gemini.ts';
import { geminiInteractions } from './gemini-interactions.ts';
import { langchain } from './langchain.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openAiChat } from './openai-chat.ts';
import { openAiCompletions } from './openai-completions.ts';
import { openAiResponses } from './openai-responses.ts';
import { vercelAi } from './vercel-ai.ts';
import { vertexEmbeddings } from './vertex-embeddings.ts';
import { watsonx } from './watsonx.ts';
import { workersAi } from './workers-ai.ts';

/** In the order in which their formats are tried: the most specific first. */
export const allProviders: readonly LlmProvider[] = [
  vercelAi,
  anthropic,
  openAiResponses,
  openAiCompletions,
  mistral,
  openAiChat,
  ollama,
  geminiInteractions,
  bedrockConverse,
  gemini,
  vertexEmbeddings,
  cohere,
  langchain,
  watsonx,
  dashScope,
  deepInfra,
  workersAi,
  bedrockInvokeModel,
];
