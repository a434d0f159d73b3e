import OpenAI, { AzureOpenAI } from 'openai';
import { headersOf, seenOf } from '../observe.mjs';

const messages = [{ role: 'user', content: 'why?' }];
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tools = ['get_weather', 'web_search'].map((name) => ({
  type: 'function',
  function: { name, parameters },
}));

const clients = new Map();
/** One for all invocations, except with options. */
const clientOf = (url, options) => {
  if (options === undefined && clients.has(url)) return clients.get(url);
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-1', ...options });
  if (options === undefined) clients.set(url, client);
  return client;
};
const asked = (behaviour) => ({ model: `gpt--${behaviour}`, messages, tools });
const streamed = (behaviour) => ({
  ...asked(behaviour),
  stream: true,
  stream_options: { include_usage: true },
});
const endless = 'text--chunks-5000--delay-2';

export const chat = (url, behaviour) => clientOf(url).chat.completions.create(asked(behaviour));

export const chatOnce = (url, behaviour) =>
  clientOf(url, { maxRetries: 0 }).chat.completions.create(asked(behaviour));

export const chatOnAzure = (url, behaviour) =>
  new AzureOpenAI({
    endpoint: url,
    apiKey: 'key',
    apiVersion: '2024-10-21',
    deployment: 'mine',
  }).chat.completions.create(asked(behaviour));

export const chatWithResponse = async (url, behaviour) => {
  const { data, response, request_id } = await clientOf(url)
    .chat.completions.create(asked(behaviour))
    .withResponse();
  return { data, request_id, ...facts(response) };
};

export const chatAsResponse = async (url, behaviour) => {
  const response = await clientOf(url).chat.completions.create(asked(behaviour)).asResponse();
  const clone = response.clone();
  const [text, cloned] = [await response.text(), await clone.json()];
  return { text, cloned, ...facts(response), bodyUsed: response.bodyUsed };
};

/** With the error that a stream ends with. */
export const chatStream = async (url, behaviour) =>
  collect(await clientOf(url).chat.completions.create(streamed(behaviour)));

export const chatStreamWithoutUsage = async (url, behaviour) =>
  collect(await clientOf(url).chat.completions.create({ ...asked(behaviour), stream: true }));

export const chatStreamHelper = async (url, behaviour) => {
  const stream = clientOf(url).chat.completions.stream(streamed(behaviour));
  const heard = [];
  for (const name of ['connect', 'content', 'message', 'finalContent', 'end', 'error', 'abort']) {
    stream.on(name, (value) => heard.push([name, value instanceof Error ? value.message : value]));
  }
  const final = await stream.finalChatCompletion().catch(seenOf);
  const usage = await stream.totalUsage().catch(seenOf);
  return { heard, final, usage };
};

export const chatToReadableStream = async (url, behaviour) => {
  const stream = await clientOf(url).chat.completions.create(streamed(behaviour));
  return new Response(stream.toReadableStream()).text();
};

export const chatTee = async (url, behaviour) => {
  const stream = await clientOf(url).chat.completions.create(streamed(behaviour));
  const [one, other] = stream.tee();
  return [await collect(one), await collect(other)];
};

export const chatBreak = async (url) => {
  const stream = await clientOf(url).chat.completions.create(streamed(endless));
  const read = [];
  for await (const chunk of stream) {
    read.push(chunk);
    if (read.length === 3) break;
  }
  return { read, aborted: stream.controller.signal.aborted };
};

export const chatAbort = async (url) => {
  const abort = new AbortController();
  const stream = await clientOf(url).chat.completions.create(streamed(endless), {
    signal: abort.signal,
  });
  const read = [];
  let error;
  try {
    for await (const chunk of stream) {
      read.push(chunk);
      if (read.length === 3) abort.abort();
    }
  } catch (thrown) {
    error = seenOf(thrown);
  }
  return { first: read.slice(0, 3), error };
};

export const chatTimeout = (url) =>
  clientOf(url, { maxRetries: 0, timeout: 100 }).chat.completions.create(asked('text--wait-2000'));

export const chatTwice = async (url, behaviour) => {
  const client = clientOf(url);
  const [plain, stream] = await Promise.all([
    client.chat.completions.create(asked(behaviour)),
    client.chat.completions.create(streamed(behaviour)),
  ]);
  return [plain.choices, (await collect(stream)).read.map(({ choices }) => choices)];
};

export const responses = (url, behaviour) =>
  clientOf(url).responses.create({ model: `gpt--${behaviour}`, input: 'why?' });

export const responsesStream = async (url, behaviour) =>
  collect(
    await clientOf(url).responses.create({
      model: `gpt--${behaviour}`,
      input: 'why?',
      stream: true,
    }),
  );

export const responsesStreamHelper = async (url, behaviour) => {
  const stream = clientOf(url).responses.stream({ model: `gpt--${behaviour}`, input: 'why?' });
  const types = [];
  stream.on('event', ({ type }) => types.push(type));
  return { final: await stream.finalResponse(), types };
};

async function collect(stream) {
  const read = [];
  try {
    for await (const chunk of stream) read.push(chunk);
    return { read };
  } catch (error) {
    return { read, error: seenOf(error) };
  }
}

function facts({ status, headers, ok, redirected, type, url }) {
  return { status, headers: headersOf(headers), ok, redirected, type, path: new URL(url).pathname };
}
