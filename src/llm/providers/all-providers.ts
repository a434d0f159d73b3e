import { anthropic } from './anthropic.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import { cohere } from './cohere.ts';
import { gemini } from './gemini.ts';
import { langchain } from './langchain.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { openAiChat } from './openai-chat.ts';
import { openAiCompletions } from './openai-completions.ts';
import { openAiResponses } from './openai-responses.ts';
import type { LlmProvider } from './provider.ts';
import { vercelAi } from './vercel-ai.ts';

/** In the order in which their shapes are tried: the most particular first. */
export const allProviders: readonly LlmProvider[] = [
  vercelAi,
  anthropic,
  openAiResponses,
  openAiCompletions,
  mistral,
  openAiChat,
  ollama,
  bedrockConverse,
  gemini,
  cohere,
  langchain,
  bedrockInvokeModel,
];
