import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marker } from '../../../src/cli/replay/find-dead-letters.ts';
import { parseDeadLetter } from '../../../src/cli/replay/parse-dead-letter.ts';
import { deadLettersIn } from './dead-letters-in.ts';
import { textFormats } from './export-formats.ts';
import { deadLetterMessage, lambdaFormats } from './log-lines.ts';

// Texts that a scanner could mistake for a delimiter or an escape.
const awkward = fc.constantFrom(
  ...['"', '""', '\\', '\\"', '\\\\"', '{', '}', '\n', '\r\n', '\t', ',', "'", '\u2028', '\u0000'],
  ...['\\u00', 'ü', '😀', '\ud83d', marker, `${marker}"reason":"x"}`, '"}]}', '\ufeff'],
);
const text = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

const report = fc.record({
  id: text.filter((id) => !/^(\s*|\.{1,2})$/.test(id)),
  input: fc.option(text),
  result: fc.option(text),
  llm_response: fc.oneof(fc.jsonValue(), text),
  is_success: fc.boolean(),
  used_tools: fc.array(text, { maxLength: 3 }),
});

const cases = Object.entries(textFormats).flatMap(([exportFormat, write]) =>
  Object.entries(lambdaFormats).map(([logFormat, formatLine]) => ({
    exportFormat,
    write,
    logFormat,
    formatLine,
  })),
);

test.each(cases)(
  'finds any report in $exportFormat of a $logFormat log',
  async ({ write, formatLine }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(report, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 400 }),
        async (reports, chunkLength) => {
          const messages = reports.map((one) => deadLetterMessage(one));
          const time = new Date('2026-11-22T10:00:00.000Z');
          const exported = write(
            messages.flatMap((message) => [
              { time, message: 'START RequestId: 1 Version: $LATEST\n' },
              { time, message: formatLine(message, time) },
            ]),
          );

          const found = await deadLettersIn(chunksOf(exported, chunkLength));

          expect(found.map(({ time }) => time)).toEqual(messages.map(() => +time));
          expect(found.map((one) => one.kind === 'json' && bodyOf(one.json))).toEqual(
            messages.map((message) => JSON.parse(message.slice(marker.length - 1)).report),
          );
        },
      ),
      { numRuns: 40 },
    );
  },
);

function bodyOf(json: string): unknown {
  const line = parseDeadLetter(json);
  return line.kind === 'report' ? JSON.parse(line.body) : line.reason;
}

function* chunksOf(exported: string, length: number): Generator<string> {
  for (let start = 0; start < exported.length; start += length) {
    yield exported.slice(start, start + length);
  }
}
