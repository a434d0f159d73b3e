import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { LlmUsage, ParsedUsage } from '../../../src/llm/parsed-usage/parsed-usage.ts';
import type { LlmExchange } from '../../../src/llm/parsing/parse-exchange.ts';

/** What a provider sends over the wire, and what is to be read from it. */
export interface Transcript {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly parsed: ParsedUsage;
  /** Parts of the answer that a stream makes up. */
  readonly response?: object;
}

export function exchangeOf(
  transcript: Transcript,
  changes: Partial<LlmExchange> = {},
): LlmExchange {
  const { url, headers, body } = transcript;
  return { url, status: 200, headers, body: [body], isCut: false, ...changes };
}

/** Without the counts that only help to match the call with others. */
export function shown({ otherUsages: _, ...usage }: ParsedUsage): ParsedUsage {
  return usage;
}

export function usageOf(
  promptTokens: number | null,
  completionTokens: number | null,
  details: Partial<LlmUsage> = {},
): LlmUsage {
  return {
    promptTokens,
    completionTokens,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    ...details,
  };
}

export function json(
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Pick<Transcript, 'headers' | 'body'> {
  return {
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value, null, 2)),
  };
}

/** Server-sent events as OpenAI writes them: without names, `[DONE]` at the end. */
export function sentData(
  events: readonly unknown[],
  end = 'data: [DONE]\n\n',
): Pick<Transcript, 'headers' | 'body'> {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  return {
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    body: Buffer.from(text + end),
  };
}

/** Server-sent events whose names are their types, as Anthropic and the Responses API write them. */
export function sentEvents(
  events: readonly { readonly type: string }[],
): Pick<Transcript, 'headers' | 'body'> {
  const text = events
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
  return { headers: { 'content-type': 'text/event-stream' }, body: Buffer.from(text) };
}

export function lines(values: readonly unknown[]): Pick<Transcript, 'headers' | 'body'> {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  return { headers: { 'content-type': 'application/x-ndjson' }, body: Buffer.from(text) };
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
);

export function frame(
  type: string,
  payload: unknown,
  messageType: 'event' | 'exception' = 'event',
): Uint8Array {
  return codec.encode({
    headers: {
      [messageType === 'event' ? ':event-type' : ':exception-type']: {
        type: 'string',
        value: type,
      },
      ':content-type': { type: 'string', value: 'application/json' },
      ':message-type': { type: 'string', value: messageType },
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

/** Events of ConverseStream, one frame each. */
export function frames(
  events: readonly Readonly<Record<string, object>>[],
): Pick<Transcript, 'headers' | 'body'> {
  const all = events.flatMap((event) =>
    Object.entries(event).map(([type, payload]) => frame(type, { ...payload, p: 'abcdefghij' })),
  );
  return {
    headers: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-requestid': '5f7f4f0a-6b0e-4f52-9d2c-2f3a1d0c9b11',
    },
    body: Buffer.concat(all),
  };
}

/** What a model says by InvokeModelWithResponseStream, base64 in a frame each. */
export function chunkFrames(events: readonly unknown[]): Pick<Transcript, 'headers' | 'body'> {
  return frames(
    events.map((event) => ({
      chunk: { bytes: Buffer.from(JSON.stringify(event)).toString('base64') },
    })),
  );
}
