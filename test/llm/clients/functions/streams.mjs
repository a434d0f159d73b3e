/** Reads a streamed answer to its end and says how long that took, for the benchmark. */
import '../../../../dist/after-response.js';
import http from 'node:http';
import OpenAI from 'openai';
import { withTaskReporter } from '../../../../dist/index.js';

const readers = {
  openai: async (url, asked) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-1', maxRetries: 0 });
    let chunks = 0;
    for await (const { choices } of await client.chat.completions.create(asked)) {
      chunks += choices.length;
    }
    return chunks;
  },
  fetch: async (url, asked) => {
    const { body } = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(asked),
    });
    let bytes = 0;
    for await (const part of body) bytes += part.length;
    return bytes;
  },
  http: async (url, asked) => {
    const response = await new Promise((resolve, reject) => {
      const request = http.request(`${url}/v1/chat/completions`, { method: 'POST' }, resolve);
      request.on('error', reject);
      request.end(JSON.stringify(asked));
    });
    let bytes = 0;
    for await (const part of response) bytes += part.length;
    return bytes;
  },
};

export const handler = withTaskReporter(async ({ client, url, model }) => {
  const asked = {
    model,
    messages: [{ role: 'user', content: 'why?' }],
    stream: true,
    stream_options: { include_usage: true },
  };
  const used = process.cpuUsage();
  const since = performance.now();
  const read = await readers[client](url, asked);
  const { user, system } = process.cpuUsage(used);
  return { ms: performance.now() - since, processorMs: (user + system) / 1000, read };
});
