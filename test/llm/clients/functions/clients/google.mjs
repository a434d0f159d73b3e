import { GoogleGenAI } from '@google/genai';
import { headersOf, seenOf } from '../observe.mjs';

const modelsOf = (url) => new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url } }).models;
const asked = (behaviour) => ({ model: `gemini--${behaviour}`, contents: 'why?' });
const endless = 'text--chunks-5000--delay-2';

export const generate = async (url, behaviour) =>
  shown(await modelsOf(url).generateContent(asked(behaviour)));

export const generateStream = async (url, behaviour) => {
  const read = [];
  try {
    for await (const part of await modelsOf(url).generateContentStream(asked(behaviour))) {
      read.push(shown(part));
    }
    return { read };
  } catch (error) {
    return { read, error: seenOf(error) };
  }
};

export const generateBreak = async (url) => {
  const read = [];
  for await (const part of await modelsOf(url).generateContentStream(asked(endless))) {
    read.push(shown(part));
    if (read.length === 3) break;
  }
  return read;
};

export const generateAbort = async (url) => {
  const abort = new AbortController();
  const config = { abortSignal: abort.signal };
  const stream = await modelsOf(url).generateContentStream({ ...asked(endless), config });
  const read = [];
  try {
    for await (const part of stream) {
      read.push(shown(part));
      if (read.length === 3) abort.abort();
    }
  } catch (error) {
    return { first: read.slice(0, 3), error: seenOf(error) };
  }
  return { first: read.slice(0, 3) };
};

function shown({ sdkHttpResponse, text, functionCalls, ...rest }) {
  return { ...rest, text, functionCalls, headers: headersOf(sdkHttpResponse?.headers ?? {}) };
}
