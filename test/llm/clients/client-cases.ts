/** The calls of each client, and the expected reports. */

import type { Behaviour } from '../provider-server/behaviour.ts';
import type { ClientCall } from './surroundings.ts';

export interface ClientCase extends ClientCall, Reported {}

export interface Reported {
  /** Prompt, completion, and tokens read from a cache. */
  readonly tokens: readonly [prompt: number, completion: number, cacheRead?: number] | null;
  readonly tools?: readonly string[];
  /** Whether the raw response is there. @default where there are tokens */
  readonly hasResponse?: boolean;
}

const answered: Reported = { tokens: [21, 9] };
const calling: Reported = { tokens: [21, 9], tools: ['get_weather', 'web_search'] };
const cached: Reported = { tokens: [1021, 109, 1000] };
/** Cached tokens are beside the prompt. */
const cachedBeside: Reported = { tokens: [21, 109, 1000] };
const twice: Reported = { tokens: [42, 18] };
/** A response without usage. */
const uncounted: Reported = { tokens: null, hasResponse: true };
const nothing: Reported = { tokens: null };
const usual = { text: answered, tools: calling };
/** Where the client can unpack it. */
const ofPlain = { ...usual, gzip: answered };

export const clientCases: readonly ClientCase[] = [
  ...rows('openai', 'chat', { ...ofPlain, cached, refusal: answered, 'no-usage': uncounted }),
  ...rows('openai', 'chat', { flaky: answered, invalid: nothing, cut: nothing }),
  ...rows('openai', 'chatOnce', { limited: nothing, broken: nothing }),
  ...rows('openai', 'chatOnAzure', { text: answered }),
  ...rows('openai', 'chatWithResponse', { text: answered }),
  ...rows('openai', 'chatAsResponse', { text: answered, gzip: answered }),
  ...rows('openai', 'chatStream', { ...ofPlain, cached, refusal: answered, flaky: answered }),
  ...rows('openai', 'chatStream', { 'no-usage': uncounted, cut: nothing, 'stream-error': nothing }),
  ...rows('openai', 'chatStreamWithoutUsage', { text: uncounted }),
  ...rows('openai', 'chatStreamHelper', { text: answered, tools: calling, refusal: answered }),
  ...rows('openai', 'chatToReadableStream', { text: answered }),
  ...rows('openai', 'chatTee', { text: answered }),
  ...rows('openai', 'chatBreak', { text: nothing }),
  ...rows('openai', 'chatAbort', { text: nothing }),
  ...rows('openai', 'chatTimeout', { text: nothing }),
  ...rows('openai', 'chatTwice', { text: twice, tools: { ...calling, ...twice } }),
  ...rows('openai', 'responses', { ...ofPlain, cached, refusal: answered, 'no-usage': uncounted }),
  ...rows('openai', 'responsesStream', { ...ofPlain, cached, refusal: answered, cut: nothing }),
  ...rows('openai', 'responsesStreamHelper', { text: answered, tools: calling }),

  ...rows('anthropic', 'messages', {
    ...ofPlain,
    cached: cachedBeside,
    refusal: answered,
    flaky: answered,
  }),
  ...rows('anthropic', 'messages', { invalid: nothing, cut: nothing }),
  ...rows('anthropic', 'messagesOnce', { limited: nothing, broken: nothing }),
  ...rows('anthropic', 'messagesWithResponse', { text: answered }),
  ...rows('anthropic', 'messagesStream', { ...ofPlain, cached: cachedBeside, refusal: answered }),
  ...rows('anthropic', 'messagesStreamHelper', { text: answered, tools: calling }),
  ...rows('anthropic', 'messagesToReadableStream', { text: answered }),
  ...rows('anthropic', 'messagesBreak', { text: nothing }),
  ...rows('anthropic', 'messagesAbort', { text: nothing }),
  ...rows('anthropic', 'messagesStream', { cut: nothing, 'stream-error': nothing }),

  ...rows('bedrock', 'converse', {
    ...usual,
    cached: cachedBeside,
    refusal: answered,
    'no-usage': uncounted,
  }),
  ...rows('bedrock', 'converse', { flaky: answered, invalid: nothing, cut: nothing }),
  ...rows('bedrock', 'converseOnce', { limited: nothing, broken: nothing }),
  ...rows('bedrock', 'converseStream', { ...usual, cached: cachedBeside, refusal: answered }),
  ...rows('bedrock', 'converseStream', {
    'no-usage': uncounted,
    'stream-error': nothing,
    cut: nothing,
  }),
  ...rows('bedrock', 'converseBreak', { text: nothing }),
  ...rows('bedrock', 'converseAbort', { text: nothing }),
  ...rows('bedrock', 'invokeAnthropic', { text: answered, tools: calling }),
  ...rows('bedrock', 'invokeNova', { text: answered }),
  ...rows('bedrock', 'invokeLlama', { text: answered, 'no-usage': uncounted }),
  ...rows('bedrock', 'invokeStreamAnthropic', { text: answered, tools: calling }),
  ...rows('bedrock', 'invokeStreamNova', { text: answered }),
  ...rows('bedrock', 'invokeStreamLlama', { text: answered }),

  ...rows('google', 'generate', { ...ofPlain, cached, 'no-usage': uncounted }),
  ...rows('google', 'generate', { invalid: nothing, broken: nothing, cut: nothing }),
  ...rows('google', 'generateStream', { ...ofPlain, cached, 'no-usage': uncounted }),
  ...rows('google', 'generateStream', { cut: nothing, 'stream-error': nothing }),
  ...rows('google', 'generateBreak', { text: nothing }),
  ...rows('google', 'generateAbort', { text: nothing }),

  ...rows('vercel', 'generateResponses', { ...ofPlain, cached, flaky: answered }),
  ...rows('vercel', 'generateChat', { ...ofPlain, invalid: nothing }),
  ...rows('vercel', 'generateAnthropic', { ...ofPlain, flaky: answered }),
  ...rows('vercel', 'streamResponses', { text: answered, tools: calling, cut: nothing }),
  ...rows('vercel', 'streamChat', { text: answered, tools: calling, 'stream-error': nothing }),
  ...rows('vercel', 'streamAnthropic', { text: answered, tools: calling }),
  ...rows('vercel', 'streamParts', { text: answered }),
  ...rows('vercel', 'streamResponse', { text: answered }),
  ...rows('vercel', 'streamBreak', { text: nothing }),
  ...rows('vercel', 'streamAbort', { text: nothing }),

  ...rows('langchain', 'invoke', { ...ofPlain, limited: nothing, invalid: nothing }),
  ...rows('langchain', 'invokeResponses', { text: answered, tools: calling }),
  ...rows('langchain', 'stream', { text: answered, tools: calling }),
  ...rows('langchain', 'batch', { text: twice }),
  ...rows('langchain', 'streamBreak', { text: nothing }),

  ...rows('mcp', 'list', { text: nothing }),
  ...rows('mcp', 'callTools', { text: { tokens: null, tools: ['add', 'echo'] } }),
  ...rows('mcp', 'callToolsWithJson', { text: { tokens: null, tools: ['add', 'echo'] } }),
  ...rows('mcp', 'callFailing', { text: { tokens: null, tools: ['fail', 'no_such_tool'] } }),

  ...rows('fetch', 'json', { ...ofPlain, invalid: nothing, cut: nothing }),
  ...rows('fetch', 'request', { text: answered }),
  ...rows('fetch', 'clone', { text: answered }),
  ...rows('fetch', 'stream', { ...ofPlain, cut: nothing }),
  ...rows('fetch', 'reader', { text: answered }),
  ...rows('fetch', 'tee', { text: answered }),
  ...rows('fetch', 'piped', { text: answered }),
  ...rows('fetch', 'cancel', { text: nothing }),
  ...rows('fetch', 'abort', { text: nothing }),
  ...rows('fetch', 'abortBefore', { text: nothing }),
  ...rows('fetch', 'refused', { text: nothing }),

  ...rows('undici', 'fetch', ofPlain),
  ...rows('undici', 'fetchStream', { text: answered }),
  ...rows('undici', 'request', { text: answered, tools: calling, invalid: nothing }),
  ...rows('undici', 'requestStream', { text: answered, cut: nothing }),
  ...rows('undici', 'requestDump', { text: answered }),
  ...rows('undici', 'requestDestroy', { text: nothing }),
  ...rows('undici', 'stream', { text: answered }),
  ...rows('undici', 'client', { text: answered }),
  ...rows('undici', 'dispatch', { text: answered }),
  ...['undici5', 'undici6', 'undici7'].flatMap((version) => [
    ...rows(version, 'fetch', { text: answered, gzip: answered, cut: nothing }),
    ...rows(version, 'fetchStream', { text: answered, tools: calling }),
    ...rows(version, 'request', { text: answered, invalid: nothing }),
    ...rows(version, 'requestStream', { text: answered, cut: nothing }),
    ...rows(version, 'requestDump', { text: answered }),
    ...rows(version, 'requestDestroy', { text: nothing }),
    ...rows(version, 'stream', { text: answered }),
    ...rows(version, 'client', { text: answered }),
  ]),

  ...rows('http', 'json', { ...ofPlain, invalid: nothing, cut: nothing }),
  ...rows('http', 'callback', { text: answered }),
  ...rows('http', 'stream', { ...ofPlain, cut: nothing }),
  ...rows('http', 'readable', { text: answered }),
  ...rows('http', 'late', { text: answered }),
  ...rows('http', 'piped', { text: answered }),
  ...rows('http', 'gunzipped', { gzip: answered }),
  ...rows('http', 'destroyed', { text: nothing }),
  ...rows('http', 'aborted', { text: nothing }),
  ...rows('http', 'dumped', { text: answered }),

  ...rows('axios', 'post', { ...ofPlain, invalid: nothing, cut: nothing }),
  ...rows('axios', 'postByFetch', { text: answered }),
  ...rows('axios', 'stream', { text: answered, cut: nothing }),
];

/** What goes well: enough where another deployment has had all of it. */
export const briefCases: readonly ClientCase[] = clientCases.filter(({ behaviour }) =>
  ['text', 'tools'].includes(behaviour),
);

function rows(
  client: string,
  call: string,
  expected: Partial<Readonly<Record<Behaviour, Reported>>>,
): ClientCase[] {
  return Object.entries(expected).map(([behaviour, reported]) => ({
    client,
    call,
    behaviour,
    ...reported,
  }));
}
