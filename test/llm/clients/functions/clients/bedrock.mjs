import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { seenOf } from '../observe.mjs';

const clients = new Map();
/** One for all invocations, with one session of HTTP/2; except with options. */
const clientOf = (url, options) => {
  if (options === undefined && clients.has(url)) return clients.get(url);
  const client = new BedrockRuntimeClient({ endpoint: url, region: 'us-east-1', ...options });
  if (options === undefined) clients.set(url, client);
  return client;
};
const messages = [{ role: 'user', content: [{ text: 'why?' }] }];
const asked = (behaviour) => ({
  modelId: `us.anthropic.claude--${behaviour}-v1:0`,
  messages,
});
const invoked = (family, behaviour) => ({
  modelId: `${family}--${behaviour}-v1:0`,
  contentType: 'application/json',
  accept: 'application/json',
  body: JSON.stringify({ messages, max_tokens: 100 }),
});
const endless = 'text--chunks-5000--delay-2';

export const converse = async (url, behaviour) =>
  shown(await clientOf(url).send(new ConverseCommand(asked(behaviour))));

export const converseOnce = async (url, behaviour) =>
  shown(await clientOf(url, { maxAttempts: 1 }).send(new ConverseCommand(asked(behaviour))));

export const converseStream = async (url, behaviour) => {
  const { stream, ...rest } = await clientOf(url).send(new ConverseStreamCommand(asked(behaviour)));
  return { ...shown(rest), ...(await collect(stream)) };
};

/** It leaves its connection open: a short answer lets the server come to its end. */
export const converseBreak = async (url) => {
  const { stream } = await clientOf(url, {}).send(
    new ConverseStreamCommand(asked('text--chunks-200--delay-1')),
  );
  const read = [];
  for await (const event of stream) {
    read.push(event);
    if (read.length === 3) break;
  }
  return read;
};

export const converseAbort = async (url) => {
  const abort = new AbortController();
  const client = clientOf(url, {});
  const { stream } = await client.send(new ConverseStreamCommand(asked(endless)), {
    abortSignal: abort.signal,
  });
  const read = [];
  for await (const event of stream) {
    read.push(event);
    if (read.length === 3) abort.abort();
    if (read.length === 10) break;
  }
  client.destroy();
  return read.slice(0, 3);
};

const invoke = (family) => async (url, behaviour) => {
  const answer = await clientOf(url).send(new InvokeModelCommand(invoked(family, behaviour)));
  return { ...shown(answer), body: JSON.parse(answer.body.transformToString()) };
};
export const invokeAnthropic = invoke('anthropic.claude');
export const invokeNova = invoke('amazon.nova');
export const invokeLlama = invoke('meta.llama');

const invokeStream = (family) => async (url, behaviour) => {
  const command = new InvokeModelWithResponseStreamCommand(invoked(family, behaviour));
  const { body, ...rest } = await clientOf(url).send(command);
  const { read, error } = await collect(body);
  const events = read.map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk?.bytes)));
  return { ...shown(rest), events, error };
};
export const invokeStreamAnthropic = invokeStream('us.anthropic.claude');
export const invokeStreamNova = invokeStream('amazon.nova');
export const invokeStreamLlama = invokeStream('meta.llama');

async function collect(stream) {
  const read = [];
  try {
    for await (const event of stream) read.push(event);
    return { read };
  } catch (error) {
    return { read, error: seenOf(error) };
  }
}

function shown({ $metadata, body: _, ...answer }) {
  const { totalRetryDelay: __, ...metadata } = $metadata;
  return { metadata, ...answer };
}
