import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';

const modelOf = (url, behaviour, options) =>
  new ChatOpenAI({
    model: `gpt--${behaviour}`,
    apiKey: 'sk-1',
    maxRetries: 1,
    configuration: { baseURL: `${url}/v1` },
    ...options,
  });
const question = [new HumanMessage('why?')];

export const invoke = async (url, behaviour) =>
  shown(await modelOf(url, behaviour).invoke(question));

export const invokeResponses = async (url, behaviour) =>
  shown(await modelOf(url, behaviour, { useResponsesApi: true }).invoke(question));

export const stream = async (url, behaviour) => {
  const read = [];
  for await (const chunk of await modelOf(url, behaviour).stream(question)) read.push(shown(chunk));
  return read;
};

export const batch = async (url, behaviour) =>
  (await modelOf(url, behaviour).batch([question, question])).map(shown);

export const streamBreak = async (url) => {
  const read = [];
  const chunks = await modelOf(url, 'text--chunks-5000--delay-2').stream(question);
  for await (const chunk of chunks) {
    read.push(shown(chunk));
    if (read.length === 3) break;
  }
  return read;
};

function shown({ content, tool_calls, usage_metadata, response_metadata }) {
  return { content, tool_calls, usage_metadata, response_metadata };
}
