/** A server that gives one answer to all that it is asked, in pieces. */
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces: readonly (string | Uint8Array)[];
  /** The connection breaks after the last piece. */
  readonly breaks?: boolean;
}

/** @returns the URL of a chat completion on it */
export async function serve(answer: Answer, protocol: 'http' | 'http2' = 'http'): Promise<string> {
  const { status = 200, headers } = answer;
  const head = { 'content-type': 'application/json', ...headers };
  const server: Server =
    protocol === 'http'
      ? createServer((_, response) => {
          response.writeHead(status, head);
          void give(answer, response);
        })
      : createHttp2Server((_, response) => {
          response.writeHead(status, head);
          void give(answer, response.stream);
        });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1/chat/completions`;
}

async function give({ pieces, breaks }: Answer, response: Writable): Promise<void> {
  for (const piece of pieces) {
    // Each on its own in the network, as a model gives them.
    response.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (breaks) response.destroy();
  else response.end();
}

export const completion: Readonly<Record<string, unknown>> = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: 'Grüße',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
        ],
      },
    },
  ],
  usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
};
