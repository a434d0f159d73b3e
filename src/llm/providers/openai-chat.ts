/**
 * OpenAI chat completions, and the servers that are compatible with them: Azure OpenAI, Mistral,
 * Groq, Together, DeepSeek, OpenRouter, vLLM, Ollama's `/v1`.
 *
 * `prompt_tokens` includes cached tokens, `completion_tokens` includes reasoning tokens
 * (https://platform.openai.com/docs/api-reference/chat/object). xAI counts reasoning beside the
 * completion (https://docs.x.ai/docs/guides/reasoning), which its `total_tokens` shows. DeepSeek
 * names the cached tokens `prompt_cache_hit_tokens`
 * (https://api-docs.deepseek.com/api/create-chat-completion).
 */

import {
  countField,
  type Fields,
  field,
  fieldsOf,
  isObject,
  items,
  itemsField,
  sum,
  textField,
} from '../wire/read-fields.ts';
import { append, appendName, putAll } from './merge-chunks.ts';
import { createParsedUsage, type LlmUsage } from './parsed-usage.ts';
import type { LlmProvider } from './provider.ts';

export const openAiChat: LlmProvider = {
  read(raw) {
    const choices = itemsField(raw, 'choices');
    const isAnswer =
      field(raw, 'object') === 'chat.completion' ||
      choices.some((choice) => isObject(field(choice, 'message')));
    if (!isAnswer) return [];
    return [
      createParsedUsage({
        provider: 'openai',
        id: textField(raw, 'id'),
        model: textField(raw, 'model'),
        usage: chatUsage(field(raw, 'usage')),
        tools: choices.flatMap((choice) => chatTools(field(choice, 'message'))),
      }),
    ];
  },
  stream: { isEvent: isChunk, assemble },
};

/** The usage of a chat completion, or of another answer that counts like one. */
export function chatUsage(usage: unknown): LlmUsage {
  const promptTokens = countField(usage, 'prompt_tokens');
  const completionTokens = countField(usage, 'completion_tokens');
  const reasoningTokens = countField(field(usage, 'completion_tokens_details'), 'reasoning_tokens');
  const withReasoning = sum(completionTokens, reasoningTokens);
  const isReasoningBeside =
    promptTokens !== null &&
    withReasoning !== null &&
    countField(usage, 'total_tokens') === promptTokens + withReasoning;
  return {
    promptTokens,
    completionTokens: isReasoningBeside ? withReasoning : completionTokens,
    cacheReadTokens:
      countField(field(usage, 'prompt_tokens_details'), 'cached_tokens') ??
      countField(usage, 'prompt_cache_hit_tokens'),
    reasoningTokens,
  };
}

function chatTools(message: unknown): readonly (string | undefined)[] {
  const calls = itemsField(message, 'tool_calls').map((call) =>
    textField(field(call, 'function', 'custom'), 'name'),
  );
  return [...calls, textField(field(message, 'function_call'), 'name')];
}

function isChunk(event: unknown): boolean {
  return (
    field(event, 'object') === 'chat.completion.chunk' ||
    itemsField(event, 'choices').some((choice) => isObject(field(choice, 'delta')))
  );
}

interface Choice {
  readonly fields: Fields;
  readonly message: Fields;
  readonly calls: Fields[];
  readonly callOfIndex: Map<unknown, Fields>;
}

function assemble(events: readonly unknown[]): unknown {
  const answer: Fields = {};
  const choices = new Map<unknown, Choice>();
  const unfinished = new Set<unknown>();
  let usage: Fields | undefined;
  for (const event of events) {
    putAll(answer, event, ['choices', 'usage']);
    const pieces = itemsField(event, 'choices');
    for (const piece of pieces) {
      const index = field(piece, 'index') ?? 0;
      if (!choices.has(index)) unfinished.add(index);
      if (typeof field(piece, 'finish_reason') === 'string') unfinished.delete(index);
      addPiece(choices, index, piece);
    }
    const counted = field(event, 'usage') ?? field(field(event, 'x_groq'), 'usage');
    if (counted === undefined) continue;
    // vLLM and others count along in every chunk: only the number at the end is what came out.
    const isSettled = pieces.length === 0 || unfinished.size === 0;
    usage = isSettled ? fieldsOf(counted) : promptSide(counted);
  }
  return {
    ...answer,
    object: 'chat.completion',
    choices: [...choices.values()].map(wholeChoice),
    ...(usage !== undefined && { usage }),
  };
}

function addPiece(choices: Map<unknown, Choice>, index: unknown, piece: unknown): void {
  const choice = choices.get(index) ?? newChoice();
  choices.set(index, choice);
  putAll(choice.fields, piece, ['delta']);
  for (const [name, value] of Object.entries(fieldsOf(field(piece, 'delta')))) {
    if (name === 'tool_calls') {
      for (const call of items(value)) addCall(choice, call);
    } else if (name === 'function_call') {
      const call = fieldsOf(choice.message[name]);
      addFunction(call, value);
      choice.message[name] = call;
    } else if (name === 'role') putAll(choice.message, { role: value });
    else append(choice.message, name, value);
  }
}

function newChoice(): Choice {
  return { fields: {}, message: {}, calls: [], callOfIndex: new Map() };
}

function addCall({ calls, callOfIndex }: Choice, piece: unknown): void {
  const { index, function: called, custom, ...facts } = fieldsOf(piece);
  let call = index === undefined ? calls.at(-1) : callOfIndex.get(index);
  if (call === undefined || isAnother(call, piece)) {
    call = {};
    calls.push(call);
    callOfIndex.set(index, call);
  }
  putAll(call, facts);
  for (const [kind, part] of Object.entries({ function: called, custom })) {
    if (!isObject(part)) continue;
    const whole = fieldsOf(call[kind]);
    addFunction(whole, part);
    call[kind] = whole;
  }
}

/** Some servers leave the index out or give every call the same; then a new id begins a call. */
function isAnother(call: Fields, piece: unknown): boolean {
  const id = textField(piece, 'id');
  const isNamed = textField(field(piece, 'function', 'custom'), 'name') !== undefined;
  return isNamed && id !== undefined && 'id' in call && call['id'] !== id;
}

function addFunction(target: Fields, piece: unknown): void {
  for (const [name, value] of Object.entries(fieldsOf(piece))) {
    if (name === 'name') appendName(target, name, value);
    else append(target, name, value);
  }
}

function wholeChoice({ fields, message, calls }: Choice): Fields {
  return { ...fields, message: { ...message, ...(calls.length > 0 && { tool_calls: calls }) } };
}

function promptSide(usage: unknown): Fields {
  const { prompt_tokens, prompt_tokens_details } = fieldsOf(usage);
  return { prompt_tokens, prompt_tokens_details };
}
