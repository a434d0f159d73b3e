import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExchange } from '../../../src/llm/parsing/parse-exchange.ts';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
import { exchangeOf, json, type Transcript, usageOf } from './transcript.ts';
import { plainAnswers, streams } from './transcripts/all-transcripts.ts';

const chat = {
  object: 'chat.completion',
  choices: [{ message: { role: 'assistant', content: 'Hi' } }],
};

describe('numbers that make no sense', () => {
  test.each([-1, 1.5, '12', Number.NaN, 1e300, Number.POSITIVE_INFINITY, null, {}, [3], true, 3n])(
    'are unknown: %s',
    (nonsense) => {
      const usage = { prompt_tokens: nonsense, completion_tokens: nonsense };
      const message = {
        type: 'message',
        role: 'assistant',
        usage: { input_tokens: nonsense, output_tokens: nonsense },
      };

      expect(parseResponse({ ...chat, usage })).toMatchObject([{ usage: usageOf(null, null) }]);
      expect(parseResponse(message)).toMatchObject([{ usage: usageOf(null, null) }]);
    },
  );

  test.each([null, undefined, 'none', []])('a usage of %s is unknown', (usage) => {
    expect(parseResponse({ ...chat, usage })).toMatchObject([{ usage: usageOf(null, null) }]);
  });

  test('zero stays zero', () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

    expect(parseResponse({ ...chat, usage })).toMatchObject([{ usage: usageOf(0, 0) }]);
  });
});

describe('what is not a response', () => {
  test.each([
    undefined,
    null,
    0,
    '',
    'Hi',
    '{',
    [],
    {},
    { usage: { prompt_tokens: 1, completion_tokens: 1 } },
    { error: { message: 'Rate limit', type: 'requests', code: 'rate_limit_exceeded' } },
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    { message: 'Hi' },
    { messages: [{ role: 'user', content: 'Hi' }] },
    { body: 'Hi', statusCode: 200 },
    { id: 1, type: 'message', role: 'user', content: 'Hi' },
    { data: [1, 2], object: 'list' },
    { text: 'Hi' },
    { results: [1] },
    new Map([['choices', []]]),
    Promise.resolve(chat),
    () => chat,
  ])('is not read: %o', (value) => {
    expect(parseResponse(value)).toEqual([]);
  });
});

describe('hostile values', () => {
  test('a getter that throws is a missing field', () => {
    const answer = {
      ...chat,
      get usage(): never {
        throw new Error('no');
      },
    };

    expect(parseResponse(answer)).toMatchObject([{ usage: usageOf(null, null) }]);
  });

  test('proxies that throw, are revoked or never end do no harm', () => {
    const throwing = new Proxy([], {
      get() {
        throw new Error('no');
      },
      getPrototypeOf() {
        throw new Error('no');
      },
      has() {
        throw new Error('no');
      },
      ownKeys() {
        throw new Error('no');
      },
    });
    const revoked = Proxy.revocable([], {});
    revoked.revoke();
    let reads = 0;
    const endless: object = new Proxy([], {
      get(_, name) {
        reads += 1;
        return name === 'length' ? 2 ** 32 - 1 : endless;
      },
    });
    const endlessObject: object = new Proxy(
      {},
      {
        get(_, name) {
          reads += 1;
          return name === 'steps' ? endless : endlessObject;
        },
        has: () => true,
      },
    );

    expect(parseResponse(throwing)).toEqual([]);
    expect(parseResponse(revoked.proxy)).toEqual([]);
    expect(parseResponse({ choices: revoked.proxy, body: revoked.proxy })).toEqual([]);
    expect(() => parseResponse(endless)).not.toThrow();
    expect(() => parseResponse(endlessObject)).not.toThrow();
    expect(reads).toBeLessThan(3_000_000);
  });

  test('cycles and deep nesting do no harm', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle, chat);
    let deep: unknown = chat;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];

    expect(parseResponse(cycle).length).toBeGreaterThan(0);
    expect(parseResponse(deep)).toEqual([]);
    expect(parseResponse('['.repeat(100_000))).toEqual([]);
  });

  test('huge values are read in bounds', () => {
    const many = Array.from({ length: 30_000 }, () => chat);
    const long = { ...chat, id: 'x'.repeat(10_000), model: 'y'.repeat(1e7) };

    expect(parseResponse(many).length).toBeLessThanOrEqual(10_000);
    expect(parseResponse(new Array(2 ** 32 - 1))).toEqual([]);
    expect(parseResponse(long)).toEqual([
      { provider: 'openai', usage: usageOf(null, null), tools: [] },
    ]);
  });

  test('the name of a prototype is a name like any other', () => {
    const polluting = '"__proto__":{"polluted":1}';
    const body = [
      `{"type":"message_start","message":{"type":"message","role":"assistant",${polluting}}}`,
      `{"type":"content_block_start","index":0,"content_block":{"type":"text",${polluting}}}`,
    ]
      .map((event) => `data: ${event}\n\n`)
      .join('');

    const read = parseExchange({
      url: 'https://api.openai.com/v1/chat/completions',
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: [Buffer.from(body)],
      isCut: false,
    });

    const { content } = Object(read?.response);
    expect(content).toEqual([{ type: 'text' }]);
    expect(Object.getPrototypeOf(content[0])).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  test('any value at all is read without a throw', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withMap: true,
          withTypedArray: true,
          withNullPrototype: true,
          withBigInt: true,
        }),
        (value) => {
          expect(Array.isArray(parseResponse(value))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(plainAnswers)('any part of a response may be anything: $name', (transcript) => {
    const answer: unknown = JSON.parse(Buffer.from(transcript.body).toString());
    const places = paths(answer);

    fc.assert(
      fc.property(fc.constantFrom(...places), fc.anything(), (path, value) => {
        const usages = parseResponse(replaced(answer, path, value));

        const tokens = usages.flatMap(({ usage }) => Object.values(usage));
        expect(tokens.every((count) => count === null || Number.isSafeInteger(count))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test.each(streams)('damaged bytes do no harm: $name', (transcript) => {
    fc.assert(
      fc.property(fc.nat(transcript.body.length - 1), fc.nat(255), (place, byte) => {
        const body = Uint8Array.from(transcript.body);
        body[place] = byte;

        expect(() => parseExchange(exchangeOf(transcript, { body: [body] }))).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });
});

describe('errors', () => {
  const error: Transcript = {
    name: 'rate limit',
    url: 'https://api.openai.com/v1/chat/completions',
    ...json({ error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit' } }),
    parsed: { provider: 'openai', usage: usageOf(null, null), tools: [] },
  };

  test.each([400, 401, 429, 500, 529])('keep the answer and count nothing: %d', (status) => {
    expect(parseExchange(exchangeOf(error, { status }))).toEqual({
      response: { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit' } },
      usages: [],
    });
  });

  test('that are no JSON are unknown', () => {
    const body = [Buffer.from('<html>Bad gateway</html>')];

    expect(parseExchange(exchangeOf(error, { status: 502, body }))).toBeUndefined();
    expect(parseExchange(exchangeOf(error, { status: 204, body: [] }))).toBeUndefined();
  });
});

type Path = readonly string[];

function paths(value: unknown, above: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([name, part]) => paths(part, [...above, name]))];
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (Array.from(value) as unknown as Record<string, unknown>)
    : { ...Object(value) };
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}
