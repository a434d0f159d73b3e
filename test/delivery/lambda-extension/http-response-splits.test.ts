import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnswer } from '../../../src/delivery/lambda-extension/http-response.ts';

const status = fc.integer({ min: 200, max: 599 });
const bytes = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\r\n', '\r\n\r\n', '0\r\n\r\n', 'content-length: 1\r\n'),
    fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  ),
  maxLength: 60,
});
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

test('an answer with a length is the same in whatever pieces it comes', () => {
  fc.assert(
    fc.property(status, bytes, cuts, (statusCode, body, at) => {
      const whole = `${head(statusCode)}Content-Length: ${body.length}\r\n\r\n${body}`;

      expect(readInPieces(whole, at)).toEqual(expected(statusCode, body, whole));
    }),
  );
});

test('an answer in chunks is the same in whatever chunks and pieces it comes', () => {
  const chunks = fc.array(
    fc.record({
      text: bytes.filter((text) => text !== ''),
      extension: fc.constantFrom('', ';a=b', ' ; a="b"'),
      digits: fc.constantFrom('lower', 'upper', 'padded'),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(status, chunks, cuts, (statusCode, parts, at) => {
      const encoded = parts.map(({ text, extension, digits }) => {
        const size = text.length.toString(16);
        const shown = { lower: size, upper: size.toUpperCase(), padded: `00${size}` }[digits];
        return `${shown}${extension}\r\n${text}\r\n`;
      });
      const framing = 'Transfer-Encoding: chunked\r\n\r\n';
      const whole = `${head(statusCode)}${framing}${encoded.join('')}0\r\n\r\n`;

      const body = parts.map(({ text }) => text).join('');
      expect(readInPieces(whole, at)).toEqual(expected(statusCode, body, whole));
    }),
  );
});

test('an answer that lasts until the end is the same in whatever pieces it comes', () => {
  fc.assert(
    fc.property(status, bytes, cuts, (statusCode, body, at) => {
      const whole = `${head(statusCode)}\r\n${body}`;

      const open = readInPieces(whole, at);
      const over = readAnswer(whole, true);

      expect(open).toBeUndefined();
      expect([over?.statusCode, over?.header('x-id'), over?.body]).toEqual([
        statusCode,
        'id-1',
        body,
      ]);
    }),
  );
});

test('whatever comes, reading it ends without an error', () => {
  const framings = fc.constantFrom('', 'Content-Length: ', 'Transfer-Encoding: chunked\r\n\r\n');
  fc.assert(
    fc.property(framings, bytes, fc.boolean(), (framing, text, isOver) => {
      const answer = readAnswer(`${head(200)}${framing}${text}`, isOver);

      expect(['undefined', 'string']).toContain(typeof answer?.body);
    }),
  );
});

function head(statusCode: number): string {
  return `HTTP/1.1 ${statusCode} Some Reason\r\nX-Id: id-1\r\n`;
}

interface Read {
  readonly statusCode: number;
  readonly identifier: string | undefined;
  readonly body: string;
  /** How many bytes it took. */
  readonly length: number;
}

function expected(statusCode: number, body: string, whole: string): Read {
  return { statusCode, identifier: 'id-1', body, length: whole.length };
}

/** Reads after each piece, the last of which is one byte, until there is an answer. */
function readInPieces(whole: string, cutsAt: readonly number[]): Read | undefined {
  const ends = cutsAt.map((at) => at % whole.length).concat(whole.length - 1, whole.length);
  for (const length of ends.sort((one, other) => one - other)) {
    const answer = readAnswer(whole.slice(0, length), false);
    if (answer === undefined) continue;
    return {
      statusCode: answer.statusCode,
      identifier: answer.header('x-id'),
      body: answer.body,
      length,
    };
  }
  return undefined;
}
