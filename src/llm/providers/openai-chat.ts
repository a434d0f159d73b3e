/**
 * OpenAI chat completions, and the servers that imitate them: Azure OpenAI, Mistral, Groq, Together,
 * DeepSeek, OpenRouter, vLLM, Ollama's `/v1`, Snowflake Cortex, Databricks, watsonx.
 */

import { append, appendName, putAll } from '../parsed-usage/merge-chunks.ts';
import { chatUsage } from '../parsed-usage/openai-usage.ts';
import { createParsedUsage } from '../parsed-usage/parsed-usage.ts';
import type { LlmProvider } from '../parsed-usage/provider.ts';
import { createStreamedUsage } from '../parsed-usage/streamed-usage.ts';
import {
  type Fields,
  field,
  fieldsOf,
  isObject,
  items,
  itemsField,
  textField,
} from '../wire/read-fields.ts';

export const openAiChat: LlmProvider = {
  parse(raw) {
    const choices = itemsField(raw, 'choices');
    const isResponse = field(raw, 'object') === 'chat.completion' || choices.some(hasMessage);
    if (!isResponse) return [];
    return [
      createParsedUsage({
        provider: 'openai',
        id: textField(raw, 'id'),
        model: textField(raw, 'model', 'model_id'),
        usage: chatUsage(field(raw, 'usage')),
        tools: choices.flatMap((choice) => chatTools(field(choice, 'message'))),
      }),
    ];
  },
  stream: { isEvent: isChunk, assemble },
};

/** Snowflake Cortex has a text in `messages`. */
function hasMessage(choice: unknown): boolean {
  return isObject(field(choice, 'message')) || typeof field(choice, 'messages') === 'string';
}

function chatTools(message: unknown): readonly (string | undefined)[] {
  return [
    ...itemsField(message, 'tool_calls').map((call) =>
      textField(field(call, 'function', 'custom'), 'name'),
    ),
    textField(field(message, 'function_call'), 'name'),
    // Groq's compound models run tools on the server.
    ...itemsField(message, 'executed_tools').map((tool) => textField(tool, 'name', 'type')),
  ];
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

function assemble(events: readonly unknown[], isEnded: boolean): unknown {
  const response: Fields = {};
  const choices = new Map<unknown, Choice>();
  const usage = createStreamedUsage();
  for (const event of events) {
    // Some proxies change the id from chunk to chunk.
    putAll(response, event, ['choices', 'usage', ...(response['id'] ? ['id'] : [])]);
    const pieces = itemsField(event, 'choices');
    for (const piece of pieces) addPiece(choices, field(piece, 'index') ?? 0, piece);
    usage.add(event, pieces);
  }
  const counted = usage.final(isEnded);
  return {
    ...response,
    object: 'chat.completion',
    choices: [...choices.values()].map(wholeChoice),
    ...(counted !== undefined && { usage: counted }),
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

/** Some servers leave the index out, or repeat it: there a new id begins a call. */
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
