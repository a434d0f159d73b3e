import { expect, test } from 'vitest';
import { scanExport } from '../../../src/cli/replay/scan-export.ts';
import { deadLettersIn } from './dead-letters-in.ts';
import { textFormats } from './export-formats.ts';
import { deadLetterMessage, lambdaFormats } from './log-lines.ts';

const time = new Date('2026-11-22T10:00:00.000Z');
const truncated = 'truncated: the end of the report is missing';

test.each(Object.keys(lambdaFormats) as (keyof typeof lambdaFormats)[])(
  'marks a report of a %s log as truncated at every cut of its log event',
  async (format) => {
    const message = deadLetterMessage({ input: 'a "quoted" \\ text\n', result: 'ü{' });
    const whole = lambdaFormats[format](message, time).trimEnd();
    const start = whole.indexOf('reason') + 6;
    const end = whole.lastIndexOf('}') - (format.endsWith('json') ? 3 : 0);
    const reasons = new Set<string>();

    for (const write of Object.values(textFormats)) {
      for (let cut = start; cut < end; cut += 1) {
        // The console exports only complete JSON messages this way.
        if (write === textFormats['Logs Insights, JSON from the console']) continue;
        const exported = write([
          { time, message: `${whole.slice(0, cut)}\n` },
          { time, message: 'END RequestId: 1\n' },
        ]);
        for (const found of await deadLettersIn([exported])) {
          reasons.add(found.kind === 'unreadable' ? found.reason : `at ${cut}: ${found.kind}`);
        }
      }
    }

    expect([...reasons]).toEqual([truncated]);
  },
);

test.each(Object.entries(textFormats))(
  'marks the report in %s as truncated at every cut of the export',
  async (_, write) => {
    const exported = write([{ time, message: deadLetterMessage() }]);
    const start = exported.indexOf('reason') + 6;
    const reasons = new Set<string>();

    for (let cut = start; cut < exported.indexOf('web_search'); cut += 1) {
      const [found, ...more] = await deadLettersIn([exported.slice(0, cut)]);
      reasons.add(found?.kind === 'unreadable' ? found.reason : `at ${cut}: ${found?.kind}`);
      expect(more).toEqual([]);
    }

    expect([...reasons]).toEqual([truncated]);
  },
);

test('reports the line number of each report in the export', async () => {
  const message = deadLetterMessage();

  const found = await deadLettersIn([
    `one\ntwo\n${message}\nfour ${message} ${message}\n\r\n${message}`,
  ]);

  expect(found.map(({ line }) => line)).toEqual([3, 4, 4, 6]);
});

test('ignores the marker inside a report', async () => {
  const inner = deadLetterMessage({ id: 'inner' });
  const message = deadLetterMessage({ id: 'outer', input: inner, llm_response: { inner } });

  const found = await deadLettersIn([`${message}\n${message.slice(0, -40)}\n${inner}`]);

  expect(found.map(({ kind, line }) => [kind, line])).toEqual([
    ['json', 1],
    ['unreadable', 2],
    ['json', 3],
  ]);
});

test('continues after a marker that is not followed by a report', async () => {
  const prefix = '[xpander-lambda] undelivered report';

  const found = await deadLettersIn([`${prefix} {…} ${prefix} {\\x ${deadLetterMessage()}`]);

  expect(found.map((one) => (one.kind === 'unreadable' ? one.reason : one.kind))).toEqual([
    'not a report: the line is truncated or has another format',
    'not a report: the line is truncated or has another format',
    'json',
  ]);
});

test.each([
  ['text', `2026-11-22T10:00:00.000Z\tid\tWARN\t`, +time],
  ['text in JSON', `"message":"2026-11-22T10:00:00.000Z\\tid\\tWARN\\t`, +time],
  ['JSON', `{"timestamp":"2026-11-22T10:00:00.000Z","level":"WARN","message":"`, +time],
  ['indented JSON', `"timestamp": "2026-11-22T10:00:00.000Z",\n  "message": "`, +time],
  ['the nearest time', `2020-01-01T00:00:00.000Z 2026-11-22T10:00:00.000Z\tid\tWARN\t`, +time],
  ['no invalid time', `2026-99-22T10:00:00.000Z\t`, undefined],
  ['no previous line', `2026-11-22T10:00:00.000Z\n`, undefined],
])('takes the time of a report from %s', async (_, before, expected) => {
  const message = deadLetterMessage();
  const escaped = before.endsWith('"') || before.startsWith('"');

  const found = await deadLettersIn([
    before + (escaped ? `${JSON.stringify(message).slice(1)}` : message),
  ]);

  expect(found.map((one) => [one.kind, one.time])).toEqual([['json', expected]]);
});

test('finds reports in a line that is longer than the scanned window', async () => {
  const message = deadLetterMessage({ input: 'x'.repeat(100_000) });
  const chunk = `{"message":${JSON.stringify(message)}},{"message":"START"},`;

  const found = await deadLettersIn(Array.from({ length: 200 }, () => chunk));

  expect(found.filter(({ kind }) => kind === 'json')).toHaveLength(200);
});

test.each(Object.entries(textFormats))(
  'reads a report in %s wherever its chunks end',
  async (_, write) => {
    // Longer than the first read length, so that it is read before its end has arrived.
    const message = deadLetterMessage({ input: '"\\'.repeat(40_000) });
    const exported = write([{ time, message }]);
    const kinds = new Set<string>();

    for (let cut = 70_000; cut < 70_032; cut += 1) {
      const found = await deadLettersIn([exported.slice(0, cut), exported.slice(cut)]);
      kinds.add(found.map((one) => (one.kind === 'json' ? one.kind : one.reason)).join());
    }

    expect([...kinds]).toEqual(['json']);
  },
);

test('stops reading a report without an end at the maximum length', async () => {
  const filler = 'x'.repeat(1024 * 1024);
  const pieces = (function* () {
    yield `{"message":"${deadLetterMessage().slice(0, -50)}`;
    for (let count = 0; count < 20; count += 1) yield filler;
    throw new Error('Read beyond the maximum length');
  })();

  const first = await scanExport(pieces).next();

  expect(first.value).toMatchObject({ kind: 'unreadable', reason: truncated, line: 1 });
});
