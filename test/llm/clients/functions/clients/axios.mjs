import axios from 'axios';
import { headersOf, seenOf } from '../observe.mjs';

const asked = (behaviour, stream = false) => ({
  model: `gpt--${behaviour}`,
  messages: [],
  ...(stream && { stream, stream_options: { include_usage: true } }),
});
const address = (url) => `${url}/v1/chat/completions`;

export const post = async (url, behaviour) => {
  const { status, headers, data } = await axios.post(address(url), asked(behaviour));
  return { status, headers: headersOf(headers.toJSON()), data };
};

export const postByFetch = async (url, behaviour) => {
  const { status, data } = await axios.post(address(url), asked(behaviour), { adapter: 'fetch' });
  return { status, data };
};

export const stream = async (url, behaviour) => {
  const { data } = await axios.post(address(url), asked(behaviour, true), {
    responseType: 'stream',
  });
  const read = [];
  try {
    for await (const bytes of data) read.push(bytes);
    return { text: Buffer.concat(read).toString() };
  } catch (error) {
    return { text: Buffer.concat(read).toString(), error: seenOf(error) };
  }
};
