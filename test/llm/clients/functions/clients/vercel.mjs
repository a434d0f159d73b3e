import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { seenOf } from '../observe.mjs';

const openai = (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-1' });
const anthropic = (url) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'key' });
const models = {
  responses: (url, behaviour) => openai(url).responses(`gpt--${behaviour}`),
  chat: (url, behaviour) => openai(url).chat(`gpt--${behaviour}`),
  anthropic: (url, behaviour) => anthropic(url)(`claude--${behaviour}`),
};
const anything = tool({ inputSchema: jsonSchema({ type: 'object', properties: {} }) });
const asked = (model) => ({
  model,
  prompt: 'why?',
  tools: { get_weather: anything, web_search: anything },
  maxRetries: 1,
});
const endless = 'text--chunks-5000--delay-2';

const generate = (kind) => async (url, behaviour) =>
  shown(await generateText(asked(models[kind](url, behaviour))));
export const generateResponses = generate('responses');
export const generateChat = generate('chat');
export const generateAnthropic = generate('anthropic');

const stream = (kind) => async (url, behaviour) => {
  const errors = [];
  const result = streamText({
    ...asked(models[kind](url, behaviour)),
    onError: ({ error }) => void errors.push(seenOf(error)),
  });
  const read = [];
  for await (const text of result.textStream) read.push(text);
  const rest = await settled(result);
  return { read, errors, ...rest };
};
export const streamResponses = stream('responses');
export const streamChat = stream('chat');
export const streamAnthropic = stream('anthropic');

export const streamParts = async (url, behaviour) => {
  const parts = [];
  for await (const { type, text } of streamText(asked(models.chat(url, behaviour))).fullStream) {
    parts.push([type, text]);
  }
  return parts;
};

export const streamResponse = async (url, behaviour) => {
  const { textStream } = streamText(asked(models.anthropic(url, behaviour)));
  return new Response(textStream.pipeThrough(new TextEncoderStream())).text();
};

/** It reads on to the end, whoever has stopped listening: a short answer has one. */
export const streamBreak = async (url) => {
  const read = [];
  for await (const text of streamText(asked(models.chat(url, 'text--chunks-200--delay-1')))
    .textStream) {
    read.push(text);
    if (read.length === 3) break;
  }
  return read;
};

export const streamAbort = async (url) => {
  const abort = new AbortController();
  const types = new Set();
  const result = streamText({
    ...asked(models.anthropic(url, endless)),
    abortSignal: abort.signal,
  });
  for await (const { type } of result.fullStream) {
    types.add(type);
    if (type === 'text-delta') abort.abort();
  }
  return [...types];
};

function shown({ text, toolCalls, finishReason, usage, response, content }) {
  return {
    text,
    toolCalls: toolCalls.map(callOf),
    finishReason,
    usage,
    content: content.map(partOf),
    model: response.modelId,
  };
}

function callOf({ toolName, input }) {
  return { toolName, input };
}

function partOf({ type }) {
  return type;
}

async function settled({ text, usage, finishReason, toolCalls }) {
  try {
    return {
      text: await text,
      usage: await usage,
      finishReason: await finishReason,
      toolCalls: (await toolCalls).map(callOf),
    };
  } catch (error) {
    return { error: seenOf(error) };
  }
}
