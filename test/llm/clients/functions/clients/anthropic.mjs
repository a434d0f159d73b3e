import Anthropic from '@anthropic-ai/sdk';
import { headersOf, seenOf } from '../observe.mjs';

const clients = new Map();
/** One for all invocations, except with options. */
const clientOf = (url, options) => {
  if (options === undefined && clients.has(url)) return clients.get(url);
  const client = new Anthropic({ baseURL: url, apiKey: 'key', ...options });
  if (options === undefined) clients.set(url, client);
  return client;
};
const asked = (behaviour) => ({
  model: `claude--${behaviour}`,
  max_tokens: 100,
  messages: [{ role: 'user', content: 'why?' }],
});
const endless = 'text--chunks-5000--delay-2';

export const messages = (url, behaviour) => clientOf(url).messages.create(asked(behaviour));

export const messagesOnce = (url, behaviour) =>
  clientOf(url, { maxRetries: 0 }).messages.create(asked(behaviour));

export const messagesWithResponse = async (url, behaviour) => {
  const { data, response } = await clientOf(url).messages.create(asked(behaviour)).withResponse();
  return { data, status: response.status, headers: headersOf(response.headers) };
};

export const messagesStream = async (url, behaviour) => {
  const stream = await clientOf(url).messages.create({ ...asked(behaviour), stream: true });
  const read = [];
  try {
    for await (const event of stream) read.push(event);
    return { read };
  } catch (error) {
    return { read, error: seenOf(error) };
  }
};

export const messagesStreamHelper = async (url, behaviour) => {
  const stream = clientOf(url).messages.stream(asked(behaviour));
  const heard = [];
  for (const name of ['connect', 'text', 'inputJson', 'contentBlock', 'message', 'end', 'error']) {
    stream.on(name, (value) => heard.push([name, value instanceof Error ? value.message : value]));
  }
  const final = await stream.finalMessage().catch(seenOf);
  return { heard, final };
};

export const messagesToReadableStream = async (url, behaviour) =>
  new Response(clientOf(url).messages.stream(asked(behaviour)).toReadableStream()).text();

export const messagesBreak = async (url) => {
  const read = [];
  for await (const event of clientOf(url).messages.stream(asked(endless))) {
    // Its message grows with what has come since.
    read.push(event.type);
    if (read.length === 4) break;
  }
  return read;
};

export const messagesAbort = async (url) => {
  const stream = clientOf(url).messages.stream(asked(endless));
  stream.once('text', () => stream.abort());
  const error = await stream.finalMessage().catch(seenOf);
  return { error, aborted: stream.aborted, ended: stream.ended };
};
