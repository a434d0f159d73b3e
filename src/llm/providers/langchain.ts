/**
 * LangChain's messages, also serialised or in the state of a graph, and the `LLMResult` that its
 * callbacks get.
 *
 * `usage_metadata` of a message is the total of all kinds of tokens
 * (https://reference.langchain.com/javascript/types/_langchain_core.messages.UsageMetadata.html);
 * `response_metadata` has the provider's own counts, which win. `llmOutput.tokenUsage` of a result
 * covers all its generations. `estimatedTokenUsage` is a guess and ignored.
 */

import { countsCacheBeside, withoutCache } from '../parsed-usage/cache-convention.ts';
import { withUnlistedTokens } from '../parsed-usage/openai-usage.ts';
import {
  createParsedUsage,
  type LlmUsage,
  type ParsedUsage,
} from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { countField, field, isObject, items, itemsField, textField } from '../wire/read-fields.ts';
import { providerUsage } from './library-usage.ts';

export const langchain: LlmProvider = {
  parse(raw) {
    const message = messageFields(raw);
    if (message !== undefined) return [parseMessage(message)];
    const prompts = itemsField(raw, 'generations').map((prompt) => items(prompt));
    if (prompts.some((generations) => isGeneration(generations[0]))) {
      return parseResult(raw, prompts);
    }
    return itemsField(raw, 'messages').map(messageFields).filter(isObject).map(parseMessage);
  },
};

/** The fields of a message: the message itself, or the content of its serialised form. */
function messageFields(raw: unknown): unknown {
  const serialised = itemsField(raw, 'id').some((name) => /^AIMessage(Chunk)?$/.test(String(name)));
  if (serialised) return field(raw, 'kwargs');
  if (field(raw, 'type') === 'ai' && isObject(field(raw, 'data'))) return field(raw, 'data');
  const type = field(raw, 'type');
  const isMessage =
    isObject(field(raw, 'usage_metadata')) ||
    type === 'ai' ||
    type === 'AIMessageChunk' ||
    field(raw, 'tool_calls') !== undefined;
  return isMessage && isObject(field(raw, 'response_metadata')) ? raw : undefined;
}

function parseMessage(message: unknown): ParsedUsage {
  const metadata = field(message, 'response_metadata');
  const library = libraryUsage(message);
  const own =
    providerUsage(field(metadata, 'usage', 'usageMetadata')) ??
    providerUsage(field(field(metadata, 'metadata'), 'usage'));
  return createParsedUsage({
    provider: 'langchain',
    id:
      textField(metadata, 'id') ??
      textField(field(metadata, '$metadata'), 'requestId') ??
      textField(message, 'id'),
    model: textField(metadata, 'model_name', 'model', 'model_id'),
    usage: own ?? library,
    otherUsages: own && [library],
    tools: messageTools(message),
  });
}

function libraryUsage(message: unknown): LlmUsage {
  const usage = field(message, 'usage_metadata');
  const metadata = field(message, 'response_metadata');
  const output = field(metadata, 'tokenUsage');
  const input = field(usage, 'input_token_details');
  const total = withUnlistedTokens(
    {
      promptTokens: countField(usage, 'input_tokens') ?? countField(output, 'promptTokens'),
      completionTokens:
        countField(usage, 'output_tokens') ?? countField(output, 'completionTokens'),
      cacheReadTokens: countField(input, 'cache_read'),
      cacheWriteTokens: countField(input, 'cache_creation'),
      reasoningTokens: countField(field(usage, 'output_token_details'), 'reasoning'),
    },
    countField(usage, 'total_tokens'),
  );
  const provider = textField(metadata, 'model_provider');
  const model = textField(metadata, 'model_name', 'model', 'model_id');
  return countsCacheBeside(provider, model) ? withoutCache(total) : total;
}

function messageTools(message: unknown): readonly (string | undefined)[] {
  return itemsField(message, 'tool_calls').map((call) => textField(call, 'name'));
}

function isGeneration(generation: unknown): boolean {
  return typeof field(generation, 'text') === 'string' || isObject(field(generation, 'message'));
}

function parseResult(raw: unknown, prompts: readonly (readonly unknown[])[]): ParsedUsage[] {
  const messages = prompts.map((generations) =>
    generations.flatMap((generation) => {
      const message = messageFields(field(generation, 'message'));
      return message === undefined ? [] : [message];
    }),
  );
  const isCountedEach = messages.every(
    ([first]) => countField(field(first, 'usage_metadata'), 'input_tokens') !== null,
  );
  // Several responses to one prompt share its usage.
  if (isCountedEach) {
    return messages.flatMap(([first, ...others]) => {
      const parsed = parseMessage(first);
      return [{ ...parsed, tools: toolsOf(parsed.tools, others) }];
    });
  }
  const output = field(raw, 'llmOutput', 'llm_output');
  const usage = field(output, 'tokenUsage', 'token_usage', 'usage');
  const all = messages.flat();
  const first = all.length > 0 ? parseMessage(all[0]) : undefined;
  return [
    createParsedUsage({
      provider: 'langchain',
      id: first?.id,
      model: textField(output, 'model_name', 'model') ?? first?.model,
      usage: {
        promptTokens: countField(usage, 'promptTokens', 'prompt_tokens', 'input_tokens'),
        completionTokens: countField(
          usage,
          'completionTokens',
          'completion_tokens',
          'output_tokens',
        ),
      },
      tools: all.flatMap(messageTools),
    }),
  ];
}

function toolsOf(named: readonly string[], messages: readonly unknown[]): readonly string[] {
  const others = messages.flatMap(messageTools).filter((name) => name !== undefined);
  return [...new Set([...named, ...others])];
}
