import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExchange } from '../../../src/llm/parsing/parse-exchange.ts';
import { parseResponse } from '../../../src/llm/parsing/parse-response.ts';
import { exchangeOf, shown, usageOf } from './transcript.ts';
import { plainAnswers, streams } from './transcripts/all-transcripts.ts';
import { anthropicSearch } from './transcripts/anthropic.ts';
import { unknownFamilyStream } from './transcripts/bedrock.ts';

describe('a plain response', () => {
  test.each(plainAnswers)('is read: $name', (transcript) => {
    const read = parseExchange(exchangeOf(transcript));

    expect({ ...read, usages: read?.usages.map(shown) }).toEqual({
      response: JSON.parse(Buffer.from(transcript.body).toString()),
      usages: [transcript.parsed],
    });
  });

  test.each(plainAnswers)('is unknown when cut: $name', (transcript) => {
    const body = transcript.body.subarray(0, -3);

    const read = parseExchange(exchangeOf(transcript, { body: [body], isCut: true }));

    expect(read).toBeUndefined();
  });
});

describe('a streamed response', () => {
  test.each(streams)('is read as if it had not been streamed: $name', (transcript) => {
    const read = parseExchange(exchangeOf(transcript));

    expect(read?.usages.map(shown)).toEqual([transcript.parsed]);
    expect(read?.response).toMatchObject(transcript.response ?? {});
  });

  test.each(streams)('tells the same when its parts are put together: $name', (transcript) => {
    const read = parseExchange(exchangeOf(transcript));

    const { usage, tools } = transcript.parsed;
    const isTold = !transcript.name.includes('InvokeModelWithResponseStream');
    expect(parseResponse(read?.response)).toMatchObject([isTold ? { usage, tools } : { tools }]);
  });

  test.each(streams)('is read the same in any chunks: $name', (transcript) => {
    const whole = parseExchange(exchangeOf(transcript));

    fc.assert(
      fc.property(fc.array(fc.nat(transcript.body.length)), (places) => {
        const body = split(transcript.body, places);

        expect(parseExchange(exchangeOf(transcript, { body }))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  test.each(streams)('has no wrong number and no wrong tool when cut: $name', (transcript) => {
    const { usage, tools } = transcript.parsed;
    const isSteady = transcript !== anthropicSearch;

    const usages = cuts(transcript.body.length).flatMap((length) => {
      const body = [transcript.body.subarray(0, length)];
      return parseExchange(exchangeOf(transcript, { body, isCut: true }))?.usages ?? [];
    });

    for (const parsed of usages) {
      expect([usage.completionTokens, null]).toContain(parsed.usage.completionTokens);
      expect([usage.reasoningTokens, null]).toContain(parsed.usage.reasoningTokens);
      expect(tools.slice(0, parsed.tools.length)).toEqual(parsed.tools);
      if (isSteady) expect([usage.promptTokens, null]).toContain(parsed.usage.promptTokens);
      expect([usage.cacheReadTokens, null]).toContain(parsed.usage.cacheReadTokens);
      expect([usage.cacheWriteTokens, null]).toContain(parsed.usage.cacheWriteTokens);
    }
  });
});

test("counts the tokens of a model's stream that only Amazon Bedrock understands", () => {
  const read = parseExchange(exchangeOf(unknownFamilyStream));

  expect(read?.usages).toEqual([unknownFamilyStream.parsed]);
  expect(read?.response).toMatchObject(unknownFamilyStream.response ?? {});
});

test('counts the input of a stream only when the server has done its searches', () => {
  const text = Buffer.from(anthropicSearch.body).toString();
  const end = text.indexOf('event: message_delta');

  const read = parseExchange(
    exchangeOf(anthropicSearch, { body: [Buffer.from(text.slice(0, end))], isCut: true }),
  );

  expect(read?.usages).toMatchObject([{ usage: usageOf(null, null) }]);
});

/** Places to cut at, every byte among the last, where the usage is. */
function cuts(length: number): readonly number[] {
  return Array.from({ length }, (_, place) => place).filter(
    (place) => place % 5 === 0 || place > length - 150,
  );
}

function split(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const sorted = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}
