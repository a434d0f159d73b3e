/**
 * LangChain's messages, also serialised, and the `LLMResult` that its callbacks get.
 *
 * `usage_metadata` of a message is the total of all kinds of tokens by LangChain's own rule
 * (https://reference.langchain.com/javascript/types/_langchain_core.messages.UsageMetadata.html);
 * `llmOutput.tokenUsage` of a result is that of all its generations. `estimatedTokenUsage` is a
 * guess and not read.
 */

import { countField, field, isObject, items, itemsField, textField } from '../wire/read-fields.ts';
import { createParsedUsage, type LlmUsage, type ParsedUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const langchain: LlmProvider = {
  read(raw) {
    const message = messageFields(raw);
    if (message !== undefined) return [readMessage(message)];
    const prompts = itemsField(raw, 'generations').map((prompt) => items(prompt));
    return prompts.some((generations) => isGeneration(generations[0]))
      ? readResult(raw, prompts)
      : [];
  },
};

/** The fields of an answer: the message itself, or what its serialised form holds. */
function messageFields(raw: unknown): unknown {
  const serialised = itemsField(raw, 'id').some((name) => /^AIMessage(Chunk)?$/.test(String(name)));
  if (serialised) return field(raw, 'kwargs');
  if (field(raw, 'type') === 'ai' && isObject(field(raw, 'data'))) return field(raw, 'data');
  const type = field(raw, 'type');
  const isAnswer =
    isObject(field(raw, 'usage_metadata')) ||
    type === 'ai' ||
    type === 'AIMessageChunk' ||
    field(raw, 'tool_calls') !== undefined;
  return isAnswer && isObject(field(raw, 'response_metadata')) ? raw : undefined;
}

function readMessage(message: unknown): ParsedUsage {
  const metadata = field(message, 'response_metadata');
  return createParsedUsage({
    provider: 'langchain',
    id:
      textField(metadata, 'id') ??
      textField(field(metadata, '$metadata'), 'requestId') ??
      providersId(message),
    model: textField(metadata, 'model_name', 'model', 'model_id'),
    usage: messageUsage(message),
    tools: messageTools(message),
  });
}

/** LangChain makes up the ids of some messages. */
function providersId(message: unknown): string | undefined {
  const id = textField(message, 'id');
  return id !== undefined && /^(run-|lc_run)/.test(id) ? undefined : id;
}

function messageUsage(message: unknown): LlmUsage {
  const usage = field(message, 'usage_metadata');
  const metadata = field(message, 'response_metadata');
  const output = field(metadata, 'tokenUsage');
  return {
    promptTokens: countField(usage, 'input_tokens') ?? countField(output, 'promptTokens'),
    completionTokens: countField(usage, 'output_tokens') ?? countField(output, 'completionTokens'),
    cacheReadTokens: countField(field(usage, 'input_token_details'), 'cache_read'),
    reasoningTokens: countField(field(usage, 'output_token_details'), 'reasoning'),
  };
}

function messageTools(message: unknown): readonly (string | undefined)[] {
  return itemsField(message, 'tool_calls').map((call) => textField(call, 'name'));
}

function isGeneration(generation: unknown): boolean {
  return typeof field(generation, 'text') === 'string' || isObject(field(generation, 'message'));
}

function readResult(
  raw: unknown,
  prompts: readonly (readonly unknown[])[],
): readonly ParsedUsage[] {
  const messages = prompts.map((generations) =>
    generations.flatMap((generation) => {
      const message = messageFields(field(generation, 'message'));
      return message === undefined ? [] : [message];
    }),
  );
  const isCountedEach = messages.every(
    ([first]) => countField(field(first, 'usage_metadata'), 'input_tokens') !== null,
  );
  // Several answers to one prompt share its usage.
  if (isCountedEach) {
    return messages.flatMap(([first, ...others]) => {
      const reading = readMessage(first);
      const tools = [...reading.tools, ...others.flatMap(messageTools)];
      return [createParsedUsage({ ...reading, id: reading.id, model: reading.model, tools })];
    });
  }
  const output = field(raw, 'llmOutput', 'llm_output');
  const usage = field(output, 'tokenUsage', 'token_usage', 'usage');
  const all = messages.flat();
  const first = all.length > 0 ? readMessage(all[0]) : undefined;
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
