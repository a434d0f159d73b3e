import { expect, test } from 'vitest';
import { scanExport } from '../../../src/cli/replay/scan-export.ts';
import { textForms } from './export-forms.ts';
import { findingsIn } from './findings-in.ts';
import { lambdaFormats, undeliveredMessage } from './log-lines.ts';

const time = new Date('2026-11-22T10:00:00.000Z');
const truncated = 'it is truncated: its end is missing';

test.each(Object.keys(lambdaFormats) as (keyof typeof lambdaFormats)[])(
  'names a report of a %s log as truncated, wherever the log event was cut',
  async (format) => {
    const message = undeliveredMessage({ input: 'a "quoted" \\ text\n', result: 'ü{' });
    const whole = lambdaFormats[format](message, time).trimEnd();
    const start = whole.indexOf('reason') + 6;
    const end = whole.lastIndexOf('}') - (format.endsWith('json') ? 3 : 0);
    const reasons = new Set<string>();

    for (const form of Object.values(textForms)) {
      for (let cut = start; cut < end; cut += 1) {
        // Without the form that only a message that is whole can have.
        if (form === textForms['Logs Insights, JSON from the console']) continue;
        const exported = form([
          { time, message: `${whole.slice(0, cut)}\n` },
          { time, message: 'END RequestId: 1\n' },
        ]);
        for (const found of await findingsIn([exported])) {
          reasons.add(found.kind === 'unreadable' ? found.reason : `at ${cut}: ${found.kind}`);
        }
      }
    }

    expect([...reasons]).toEqual([truncated]);
  },
);

test.each(Object.entries(textForms))(
  'names %s as truncated when its end is missing',
  async (_, form) => {
    const exported = form([{ time, message: undeliveredMessage() }]);
    const start = exported.indexOf('reason') + 6;
    const reasons = new Set<string>();

    for (let cut = start; cut < exported.indexOf('web_search'); cut += 1) {
      const [found, ...more] = await findingsIn([exported.slice(0, cut)]);
      reasons.add(found?.kind === 'unreadable' ? found.reason : `at ${cut}: ${found?.kind}`);
      expect(more).toEqual([]);
    }

    expect([...reasons]).toEqual([truncated]);
  },
);

test('says which line of the export a report stands in', async () => {
  const message = undeliveredMessage();

  const found = await findingsIn([
    `one\ntwo\n${message}\nfour ${message} ${message}\n\r\n${message}`,
  ]);

  expect(found.map(({ line }) => line)).toEqual([3, 4, 4, 6]);
});

test('does not take the marker inside a report for another one', async () => {
  const inner = undeliveredMessage({ id: 'inner' });
  const message = undeliveredMessage({ id: 'outer', input: inner, llm_response: { inner } });

  const found = await findingsIn([`${message}\n${message.slice(0, -40)}\n${inner}`]);

  expect(found.map(({ kind, line }) => [kind, line])).toEqual([
    ['json', 1],
    ['unreadable', 2],
    ['json', 3],
  ]);
});

test('names what has the marker and is no report, and goes on behind it', async () => {
  const marked = '[xpander-lambda] undelivered report';

  const found = await findingsIn([`${marked} {…} ${marked} {\\x ${undeliveredMessage()}`]);

  expect(found.map((one) => (one.kind === 'unreadable' ? one.reason : one.kind))).toEqual([
    'no report follows: it is truncated, or something else',
    'no report follows: it is truncated, or something else',
    'json',
  ]);
});

test.each([
  ['text', `2026-11-22T10:00:00.000Z\tid\tWARN\t`, +time],
  ['text in JSON', `"message":"2026-11-22T10:00:00.000Z\\tid\\tWARN\\t`, +time],
  ['JSON', `{"timestamp":"2026-11-22T10:00:00.000Z","level":"WARN","message":"`, +time],
  ['readable JSON', `"timestamp": "2026-11-22T10:00:00.000Z",\n  "message": "`, +time],
  ['the nearest', `2020-01-01T00:00:00.000Z 2026-11-22T10:00:00.000Z\tid\tWARN\t`, +time],
  ['none that is real', `2026-99-22T10:00:00.000Z\t`, undefined],
  ['none of the line before', `2026-11-22T10:00:00.000Z\n`, undefined],
])('takes the time of the message from %s', async (_, before, expected) => {
  const message = undeliveredMessage();
  const escaped = before.endsWith('"') || before.startsWith('"');

  const found = await findingsIn([
    before + (escaped ? `${JSON.stringify(message).slice(1)}` : message),
  ]);

  expect(found.map((one) => [one.kind, one.time])).toEqual([['json', expected]]);
});

test('finds reports in a single line that is far longer than what is looked at', async () => {
  const message = undeliveredMessage({ input: 'x'.repeat(100_000) });
  const chunk = `{"message":${JSON.stringify(message)}},{"message":"START"},`;

  const found = await findingsIn(Array.from({ length: 200 }, () => chunk));

  expect(found.filter(({ kind }) => kind === 'json')).toHaveLength(200);
});

test.each(Object.entries(textForms))('reads %s wherever its pieces end', async (_, form) => {
  // Longer than what is waited for, so that it is looked at before its end is there.
  const message = undeliveredMessage({ input: '"\\'.repeat(40_000) });
  const exported = form([{ time, message }]);
  const kinds = new Set<string>();

  for (let cut = 70_000; cut < 70_032; cut += 1) {
    const found = await findingsIn([exported.slice(0, cut), exported.slice(cut)]);
    kinds.add(found.map((one) => (one.kind === 'json' ? one.kind : one.reason)).join());
  }

  expect([...kinds]).toEqual(['json']);
});

test('gives up a report without an end once it is longer than any can be', async () => {
  const filler = 'x'.repeat(1024 * 1024);
  const pieces = (function* () {
    yield `{"message":"${undeliveredMessage().slice(0, -50)}`;
    for (let count = 0; count < 20; count += 1) yield filler;
    throw new Error('It reads on.');
  })();

  const first = await scanExport(pieces).next();

  expect(first.value).toMatchObject({ kind: 'unreadable', reason: truncated, line: 1 });
});
