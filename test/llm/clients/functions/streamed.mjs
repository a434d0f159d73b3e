/** A handler that streams the model's words to its caller. */
import OpenAI from 'openai';
import { withTaskReporter } from '../../../../dist/index.js';

export const bare = globalThis.awslambda.streamifyResponse(async ({ url }, response) => {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-1' });
  const stream = await client.chat.completions.create({
    model: 'gpt--tools--chunks-60--delay-1',
    messages: [{ role: 'user', content: 'why?' }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const { choices } of stream) response.write(choices[0]?.delta.content ?? '');
  response.end();
});

export const handler = withTaskReporter(bare);
