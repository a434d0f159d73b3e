import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/report/redaction/redact.ts';
import { shapeOf } from '../../../src/report/shape.ts';
import { toJsonValue } from '../../../src/report/text/json-value.ts';
import { textOf } from '../../../src/report/text/text-of.ts';
import { fitReport, fitText } from '../../../src/report/truncation/truncate-report.ts';

const { redactText, redactValue } = createRedactor([/\bDE\d+\b/]);

const SMALL = 32_000;
const TIMES = 8;

/** Time may grow this much more than the text before growth counts as more than linear. */
const TOLERANCE = 4;

/** Below this, in milliseconds, noise is larger than what is measured. */
const NOISE_MS = 60;

const numbered = (part: (index: number) => string, length: number): string => {
  const parts: string[] = [];
  for (let index = 0, total = 0; total < length; index++) {
    const text = part(index);
    parts.push(text);
    total += text.length;
  }
  return parts.join('');
};

/** Texts that make patterns and scanners start over and over again. */
const repeated: readonly string[] = [
  ...[
    'a',
    '4',
    '4 ',
    '4111111111111112 ',
    '"',
    '\\',
    '\\"',
    '{',
    '[',
    ']',
    '[,',
    '{"a":',
    ':',
    '=',
    '&',
    ';',
  ],
  ...[
    '?',
    '?a=',
    '#',
    '%',
    '%7B',
    '%22',
    '-',
    '- ',
    ' ',
    '\n',
    '.',
    '@',
    '<',
    '>',
    "'",
    '`',
    '*',
    'é',
    '\ud800',
  ],
  ...[
    'password:',
    'password=',
    'password="',
    "'authorization: x\\'\n",
    'password ',
    'token: a b ',
    'api key ',
  ],
  ...[
    'key: ',
    'x:',
    'secret[',
    'token:[{',
    '<token>',
    '<token',
    '</token>',
    '--token ',
    '--',
    '"name":"token",',
  ],
  ...[
    'eyJ',
    'eyJ.',
    'eyJhbGciOiJ.',
    'AKIA',
    'sk-',
    'SG.',
    'hf_',
    'xoxb-',
    'ghp_',
    'bearer ',
    'basic ',
    'data:',
  ],
  ...[
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY',
    '://',
    'a://b:',
    '://a@',
    'a://',
    '%70assword=a&',
    '…',
    'data:a/b;base64,',
  ],
  ...[
    '{"password":"x","a":[1]}\n',
    '12,',
    'DE1 ',
    'abcdefghijklmnopqrstuvwx ',
    "?a='",
    '%7B"',
    'token=a,',
    'token=a b ',
  ],
];

const built: Readonly<Record<string, (length: number) => string>> = {
  'elements that are never closed': (length) => numbered((index) => `<token${index}>`, length),
  'one name and only spaces': (length) => `password:${' '.repeat(length)}`,
  'one scheme and only spaces': (length) => `bearer${' '.repeat(length)}x`,
  'parameters of a data URL': (length) => `data:${';a'.repeat(length / 2)}`,
  'JSON with many names': (length) =>
    `{${numbered((index) => `"key ${index}":"value ${index}",`, length)}"end":1}`,
  'JSON that is cut off': (length) =>
    `[${numbered((index) => `{"token":"x${index}","n":[1,2]},`, length)}`,
  'a list of numbers that is cut off': (length) => `[${'1,'.repeat(length / 2)}`,
  'base64 of text': (length) => Buffer.from('hello world. '.repeat(length / 18)).toString('base64'),
  'base64 of bytes': (length) =>
    Buffer.from(Uint8Array.from({ length: (length * 3) / 4 }, (_, i) => i * 7919)).toString(
      'base64',
    ),
  prose: (length) =>
    numbered(
      (i) => `At 12:3${i % 10} the token count was ${i}, see https://x.example/?n=${i}. `,
      length,
    ),
};

const cases: [name: string, make: (length: number) => string][] = [
  ...repeated.map((part): [string, (length: number) => string] => [
    JSON.stringify(part),
    (length) => part.repeat(Math.ceil(length / part.length)),
  ]),
  ...Object.entries(built),
];

describe('masking and cutting take time that grows like the text:', () => {
  test.each(cases)('%s', (_, make) => {
    const stages = (text: string): string => fitText(redactText(text), 20_000);
    const small = make(SMALL);
    const large = make(SMALL * TIMES);
    stages(small);

    const smallMs = Math.min(cpuMs(stages, small), cpuMs(stages, small));
    const largeMs = cpuMs(stages, large);

    expect(largeMs).toBeLessThan(Math.max(NOISE_MS, smallMs * TIMES * TOLERANCE));
  });
});

/** CPU time of this thread, which other processes do not add to. */
function cpuMs(work: (text: string) => unknown, text: string): number {
  const start = process.threadCpuUsage();
  work(text);
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

test('a body of 6 MB passes all stages and ends as JSON of the allowed size', () => {
  const turn = {
    role: 'user',
    content: 'Please "sum up" the report.\n'.repeat(30),
    api_key: 'abc',
  };
  const messages = Array.from({ length: 6500 }, (_, index) => ({ ...turn, index }));
  const event = {
    version: '2.0',
    headers: { authorization: 'Bearer abcdefgh12345678' },
    body: JSON.stringify({ messages, password: 'hunter2' }),
  };
  expect(event.body.length).toBeGreaterThan(6e6);

  const value = toJsonValue(event) ?? null;
  const text = textOf(redactValue(value));
  const report = fitReport({ input: text, result: text, llmResponse: value }, 262_144);

  const fitted = JSON.parse(report.input ?? '');
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(262_144 + 40);
  expect(Buffer.byteLength(JSON.stringify(report))).toBeGreaterThan(240_000);
  expect(fitted).toMatchObject({ version: '2.0', headers: { authorization: '[redacted]' } });
  expect(JSON.parse(fitted.body).messages[0]).toStrictEqual({
    ...turn,
    api_key: '[redacted]',
    index: 0,
  });
  expect(shapeOf(value)).toMatchObject({ version: 'string(3)' });
});
