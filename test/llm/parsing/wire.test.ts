import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExchange } from '../../../src/llm/parsing/parse-exchange.ts';
import { jsonListItems } from '../../../src/llm/wire/json-items.ts';
import { serverSentData } from '../../../src/llm/wire/server-sent-events.ts';
import { exchangeOf, frame, type Transcript, usageOf } from './transcript.ts';
import { anthropicPlain, anthropicStreams } from './transcripts/anthropic.ts';
import { bedrockStreams } from './transcripts/bedrock.ts';
import { geminiPlain } from './transcripts/gemini.ts';
import { openAiStreams } from './transcripts/openai.ts';

const stream = first(openAiStreams);
const converse = first(bedrockStreams);

describe('server-sent events', () => {
  test.each(['\n', '\r\n', '\r'])('end their lines with %j', (end) => {
    const text = ['data: a', '', 'data: b', 'data: c', '', ''].join(end);

    expect(serverSentData(text)).toEqual(['a', 'b\nc']);
  });

  test.each([
    ['data:a\n\n', ['a']],
    ['data:  a\n\n', [' a']],
    ['data\n\n', ['']],
    ['data:\ndata\n\n', ['\n']],
    ['data: a: b\n\n', ['a: b']],
    [': data: a\n\n', []],
    ['dataset: a\n\n', []],
    ['event: x\nid: 1\nretry: 3\ndata: a\n\n', ['a']],
    ['event: x\n\ndata: a\n\n', ['a']],
    [' data: a\n\n', []],
    ['\n\n\ndata: a\n\n\n\n', ['a']],
    ['data: a\n\ndata: b\n', ['a']],
    ['data: a\n\ndata: b', ['a']],
    ['data: a\r\n\r', ['a']],
    ['', []],
  ])('are taken by the rules from %j', (text, events) => {
    expect(serverSentData(text)).toEqual(events);
  });

  test('may begin with a byte order mark and carry any text', () => {
    const text = Buffer.from(stream.body).toString();
    const body = [Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`)];

    const read = parseExchange(exchangeOf(stream, { body }));

    expect(read).toEqual(parseExchange(exchangeOf(stream)));
  });

  test('are known by how they begin where the content type says nothing', () => {
    const read = parseExchange(exchangeOf(stream, { headers: {} }));

    expect(read?.usages).toEqual([stream.parsed]);
  });
});

describe('a list of JSON', () => {
  test('is taken as far as it has come, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.array(fc.object()), fc.boolean(), fc.nat(), (values, isPretty, place) => {
        const text = JSON.stringify(values, null, isPretty ? 2 : 0);
        const whole: unknown = JSON.parse(text);

        expect(jsonListItems(text)).toEqual(whole);
        const cut = jsonListItems(text.slice(0, place % (text.length + 1)));
        expect(cut).toEqual(
          values.length === 0 ? [] : Array.from(Object(whole)).slice(0, cut.length),
        );
      }),
    );
  });
});

describe('an AWS event stream', () => {
  test('ends at a damaged frame', () => {
    const bytes = Uint8Array.from(converse.body);
    // The last frame has the usage.
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;

    const read = parseExchange(exchangeOf(converse, { body: [bytes] }));

    expect(read?.usages).toEqual([{ ...converse.parsed, usage: usageOf(null, null) }]);
  });

  test('ends at an exception', () => {
    const start = frame('messageStart', { role: 'assistant' });
    const exception = frame('throttlingException', { message: 'Too many tokens' }, 'exception');
    const metadata = frame('metadata', { usage: { inputTokens: 1, outputTokens: 1 } });

    const read = parseExchange(exchangeOf(converse, { body: [start, exception, metadata] }));

    expect(read?.usages).toMatchObject([{ usage: usageOf(null, null), tools: [] }]);
  });

  test('of nonsense is unknown', () => {
    for (const body of [[], [Buffer.alloc(3)], [Buffer.alloc(64)], [Buffer.alloc(64, 255)]]) {
      expect(parseExchange(exchangeOf(converse, { body }))).toBeUndefined();
    }
  });
});

const encodings: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
};

describe.each(Object.entries(encodings))('a body compressed by %s', (encoding, compress) => {
  const headers = { ...stream.headers, 'content-encoding': encoding };

  test('is read', () => {
    const body = [compress(stream.body)];

    expect(parseExchange(exchangeOf(stream, { headers, body }))?.usages).toEqual([stream.parsed]);
  });

  test('is read as far as it has come', () => {
    const compressed = compress(stream.body);

    for (let length = 0; length < compressed.length; length += 1) {
      const body = [compressed.subarray(0, length)];
      const read = parseExchange(exchangeOf(stream, { headers, body, isCut: true }));
      const { promptTokens, completionTokens } = stream.parsed.usage;
      const [parsed] = read?.usages ?? [];
      expect([promptTokens, null, undefined]).toContain(parsed?.usage.promptTokens);
      expect([completionTokens, null, undefined]).toContain(parsed?.usage.completionTokens);
    }
  });

  test('is read where it has been decompressed already', () => {
    expect(parseExchange(exchangeOf(stream, { headers }))?.usages).toEqual([stream.parsed]);
  });

  test('is unknown when it grows beyond all bounds', () => {
    const body = [compress(Buffer.alloc(32 * 1024 * 1024, ' '))];

    expect(parseExchange(exchangeOf(stream, { headers, body }))).toBeUndefined();
  });
});

describe('the encoding of a body', () => {
  test('may be several, and deflate without its header', () => {
    const twice = zlib.gzipSync(zlib.brotliCompressSync(stream.body));
    const raw = zlib.deflateRawSync(stream.body);

    const reads = [
      { body: [twice], headers: { ...stream.headers, 'content-encoding': 'br, gzip' } },
      { body: [raw], headers: { ...stream.headers, 'content-encoding': 'Deflate' } },
    ].map((changes) => parseExchange(exchangeOf(stream, changes)));

    expect(reads.map((read) => read?.usages)).toEqual([[stream.parsed], [stream.parsed]]);
  });

  test('that nobody knows makes the body unknown', () => {
    const headers = { ...stream.headers, 'content-encoding': 'compress' };

    expect(parseExchange(exchangeOf(stream, { headers }))).toBeUndefined();
  });
});

describe('the address', () => {
  test.each([
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/a%3A0/converse', 'a:0'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/%E0%A4%A/converse', '%E0%A4%A'],
    ['https://generativelanguage.googleapis.com/v1beta/models/b:generateContent', 'b'],
    ['https://x.openai.azure.com/openai/deployments/c/chat/completions?api-version=1', 'c'],
    ['not an address', undefined],
  ])('names the model where the answer does not: %s', (url, model) => {
    const body = [Buffer.from('{"choices":[{"message":{"role":"assistant"}}]}')];

    const read = parseExchange(exchangeOf(first(geminiPlain), { url, body }));

    expect(read?.usages[0]?.model).toBe(model);
  });
});

test('a response in another content type than its own is read', () => {
  const headers = { 'content-type': 'text/plain' };

  for (const transcript of [first(anthropicPlain), first(anthropicStreams)]) {
    expect(parseExchange(exchangeOf(transcript, { headers }))?.usages).toEqual([transcript.parsed]);
  }
});

function first(transcripts: readonly Transcript[]): Transcript {
  return transcripts[0]!;
}
