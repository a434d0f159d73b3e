/** Ways of calling an LLM over HTTP, each giving what its caller sees. */
import { request as requestOverHttp } from 'node:http';
import { connect } from 'node:http2';
import { Agent, request as requestOverUndici, fetch as undiciFetch } from 'undici';

export interface SeenAnswer {
  readonly status: number;
  readonly text: string;
}

export const clients: Readonly<Record<string, (url: string) => Promise<SeenAnswer>>> = {
  'the global fetch': async (url) => {
    const response = await fetch(url, { method: 'POST', body: question });
    return { status: response.status, text: await response.text() };
  },
  "undici's fetch": async (url) => {
    const response = await undiciFetch(url, { method: 'POST', body: question });
    return { status: response.status, text: await response.text() };
  },
  "undici's request with a dispatcher of its own": async (url) => {
    const dispatcher = new Agent();
    try {
      const response = await requestOverUndici(url, { method: 'POST', body: question, dispatcher });
      return { status: response.statusCode, text: await response.body.text() };
    } finally {
      await dispatcher.close();
    }
  },
  'node:http': (url) =>
    new Promise((resolve, reject) => {
      const request = requestOverHttp(url, { method: 'POST' }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
        );
      });
      request.on('error', reject).end(question);
    }),
};

/** The same by HTTP/2, for a server of its own. */
export function askOverHttp2(url: string): Promise<SeenAnswer> {
  const { origin, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const session = connect(origin).on('error', reject);
    const stream = session.request({ ':method': 'POST', ':path': pathname });
    const pieces: Buffer[] = [];
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('error', reject);
    stream.on('end', () => {
      session.close();
      resolve({ status, text: Buffer.concat(pieces).toString() });
    });
    stream.end(question);
  });
}

const question = JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] });
