/** A server that answers as providers of LLMs do; the model's name says how, see `behaviour.ts`. */

import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { bedrockInvoke } from './bedrock-invoke.ts';
import { instructionsIn } from './behaviour.ts';
import { createEitherProtocol, type Request, type Response } from './either-protocol.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { saidBy } from './said.ts';
import { sendAnswer } from './send-answer.ts';
import type { Wire, WireAnswer } from './wire.ts';

export interface ProviderServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** Host and port. */
  readonly address: string;
  /** The same with TLS. */
  readonly secureUrl: string;
  /** What a client has to trust for that, as PEM. */
  readonly certificate: string;
  /** What came in since the last call, oldest first. */
  readonly takeRequests: () => readonly ProviderRequest[];
}

export interface ProviderRequest {
  readonly httpVersion: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** How the answer ended: `done` when all of it was written, `left` when the client went away. */
  readonly end: Promise<'done' | 'left'>;
  /** The longest time that the answer had to wait for its reader, in milliseconds. */
  stalledMs: number;
}

/** Answers what another part of the tests knows how to, such as `/mcp`. */
export type Extra = (request: Request, response: Response, body: string) => boolean;

interface Route {
  readonly path: RegExp;
  readonly wire: Wire;
  /** Where the path says it. */
  readonly isStream?: boolean;
}

const routes: readonly Route[] = [
  { path: /\/chat\/completions$/, wire: openaiChat },
  { path: /\/responses$/, wire: openaiResponses },
  { path: /\/messages$/, wire: anthropicMessages },
  { path: /\/model\/([^/]+)\/converse$/, wire: bedrockConverse, isStream: false },
  { path: /\/model\/([^/]+)\/converse-stream$/, wire: bedrockConverse, isStream: true },
  { path: /\/model\/([^/]+)\/invoke$/, wire: bedrockInvoke, isStream: false },
  { path: /\/model\/([^/]+)\/invoke-with-response-stream$/, wire: bedrockInvoke, isStream: true },
  { path: /\/models\/([^/]+):generateContent$/, wire: gemini, isStream: false },
  { path: /\/models\/([^/]+):streamGenerateContent$/, wire: gemini, isStream: true },
];

const statuses = { limited: 429, broken: 500, invalid: 400 } as const;

export async function startProviderServer(extra: Extra = () => false): Promise<ProviderServer> {
  let requests: ProviderRequest[] = [];
  /** Models that were told 429 and are answered at their next request. */
  const turnedAway = new Set<string>();

  const answer = async (request: Request, response: Response): Promise<void> => {
    const body = await text(request);
    const received: ProviderRequest = {
      stalledMs: 0,
      httpVersion: request.httpVersion,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: { ...request.headers },
      body,
      end: new Promise((resolve) => {
        response.once('finish', () => resolve('done'));
        response.once('close', () => resolve(response.writableFinished ? 'done' : 'left'));
      }),
    };
    requests.push(received);
    if (extra(request, response, body)) return;
    const found = findRoute(request);
    if (found === undefined) {
      response.statusCode = 404;
      return void response.end();
    }
    const id = String(requests.length);
    received.stalledMs = await answerAs(found, id, JSON.parse(body), response);
  };

  const answerAs = async (
    { route, named }: Found,
    id: string,
    body: Record<string, unknown>,
    response: Response,
  ): Promise<number> => {
    const model = named ?? String(body['model']);
    const { wire, isStream = body['stream'] === true } = route;
    const instructions = instructionsIn(model);
    const { behaviour, delayMs, waitMs } = instructions;
    if (waitMs > 0) await setTimeout(waitMs);
    const sending = {
      // Google's client takes an error for one only where it comes in a piece of its own.
      delayMs: behaviour === 'stream-error' ? Math.max(delayMs, 5) : delayMs,
      isStream,
      isGzipped: behaviour === 'gzip',
      isCut: behaviour === 'cut',
    };
    const isFirst = behaviour === 'flaky' && !turnedAway.delete(model);
    if (isFirst) turnedAway.add(model);
    const status = isFirst ? 429 : statusOf(behaviour);
    if (status !== 200) {
      const error = wire.error(status, `The model is ${isFirst ? 'limited' : behaviour}.`);
      return sendAnswer(response, error, { ...sending, status, isStream: false });
    }
    const said = saidBy(instructions);
    const whole = isStream
      ? wire.stream(said, { id, model, body })
      : wire.plain(said, { id, model, body });
    const given = behaviour === 'stream-error' ? brokenOff(whole, wire) : whole;
    return sendAnswer(response, given, { ...sending, status });
  };

  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const { server, secureServer, close } = createEitherProtocol(
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        process.stderr.write(`Provider server: ${error}\n`);
        response.statusCode = 501;
        response.end();
      });
    },
    { cert, key },
  );
  const address = await listen(server);
  return {
    url: `http://${address}`,
    address,
    secureUrl: `https://${await listen(secureServer)}`,
    certificate: cert,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    [Symbol.asyncDispose]: async () => {
      close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

interface Found {
  readonly route: Route;
  /** The model that the path names. */
  readonly named: string | undefined;
}

function findRoute({ url = '' }: Request): Found | undefined {
  const [path = ''] = url.split('?');
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match) return { route, named: match[1] && decodeURIComponent(match[1]) };
  }
  return undefined;
}

function statusOf(behaviour: string): number {
  return Object.entries(statuses).find(([name]) => name === behaviour)?.[1] ?? 200;
}

function brokenOff({ headers, pieces }: WireAnswer, wire: Wire): WireAnswer {
  const half = pieces.slice(0, Math.ceil(pieces.length / 2));
  return { headers, pieces: [...half, wire.streamError('The model broke off.')] };
}
