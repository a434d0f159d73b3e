import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Outcome, ResponseOutcome } from '../../src/invocation/outcome.ts';
import { emptySummary } from '../../src/llm/usage/usage-summary.ts';
import { createReportBuilder } from '../../src/report/build-report.ts';
import { createPace } from '../../src/report/pace.ts';
import { isSuccessful, isSuccessfulOutcome } from '../../src/report/success.ts';

test.each([
  { response: { statusCode: 500 } },
  { response: { statusCode: 503, body: '{}' } },
  { response: { statusCode: 599 } },
  { response: { statusCode: '502' } },
  { response: { batchItemFailures: [{ itemIdentifier: 'a' }] } },
])('$response is a failure', ({ response }) => {
  expect(isSuccessful(response)).toBe(false);
});

test.each([
  { response: undefined },
  { response: null },
  { response: 'statusCode 500' },
  { response: [500] },
  { response: {} },
  { response: { statusCode: 200 } },
  { response: { statusCode: 499 } },
  { response: { statusCode: 600 } },
  { response: { statusCode: 5000 } },
  { response: { statusCode: 500.5 } },
  { response: { statusCode: 'five hundred' } },
  { response: { statusCode: '5e2' } },
  { response: { status: 500 } },
  { response: { batchItemFailures: [] } },
  { response: { batchItemFailures: 'none' } },
  { response: { result: { statusCode: 500 } } },
])('$response is a success', ({ response }) => {
  expect(isSuccessful(response)).toBe(true);
});

test('a response that cannot be read is a success: the handler has returned it', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const hostile = {
    get statusCode(): never {
      throw new Error('no');
    },
  };

  expect([isSuccessful(proxy), isSuccessful(hostile)]).toStrictEqual([true, true]);
});

test('answers for any value', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(typeof isSuccessful(value)).toBe('boolean');
    }),
  );
});

const thrown = { value: new Error('no') };
const stream = { text: '', truncatedBytes: 0, statusCode: undefined };

test.each<[string, Outcome, boolean]>([
  ['an error', { kind: 'failure', thrown }, false],
  ['a returned value', { kind: 'response', value: { a: 1 } }, true],
  ['a returned HTTP error', { kind: 'response', value: { statusCode: 500 } }, false],
  ['a sent HTTP error', sent('{"statusCode":500}'), false],
  ['a sent HTTP error whose status is a text', sent('{"statusCode":"503"}'), false],
  ['a sent HTTP response', sent('{"statusCode":404,"body":"{}"}'), true],
  ['a batch with failed items', sent('{"batchItemFailures":[{"itemIdentifier":"a"}]}'), false],
  ['a batch without failed items', sent('{"batchItemFailures":[]}'), true],
  ['a text that names the fields', sent('"\\"statusCode\\": 500"'), true],
  ['fields further inside', sent('{"result":{"statusCode":500}}'), true],
  ['a whole stream', { kind: 'stream', stream }, true],
  [
    'a stream with a server error',
    { kind: 'stream', stream: { ...stream, statusCode: 500 } },
    false,
  ],
  ['a broken stream', { kind: 'stream', stream, thrown }, false],
])('%s', (_, outcome, expected) => {
  expect(isSuccessfulOutcome(outcome, false)).toBe(expected);
});

test('what was sent counts, not what was returned', () => {
  const value = { toJSON: () => ({ statusCode: 502 }) };

  expect(isSuccessfulOutcome({ ...sent('{"statusCode":502}'), value }, false)).toBe(false);
});

test('a response that does not name the fields is not parsed', () => {
  const parse = vi.spyOn(JSON, 'parse');

  expect(isSuccessfulOutcome(sent(`{"answer":"${'x'.repeat(1_000)}"}`), false)).toBe(true);
  expect(parse).not.toHaveBeenCalled();
});

test('a response that names them is parsed once, however often it is judged', () => {
  const parse = vi.spyOn(JSON, 'parse');
  const outcome = sent('{"statusCode":500}');

  for (let count = 0; count < 3; count += 1) isSuccessfulOutcome(outcome, false);

  expect(parse).toHaveBeenCalledTimes(1);
});

test('a failure that the handler has named stands before every rule', () => {
  const rule = vi.fn(() => true);

  expect(isSuccessfulOutcome(sent('{}'), true, rule)).toBe(false);
  expect(rule).not.toHaveBeenCalled();
});

test.each([
  [true, true],
  [false, false],
  [undefined, false],
])('where the rule of the user says %s the outcome is %s', (says, expected) => {
  expect(isSuccessfulOutcome(sent('{"statusCode":500}'), false, () => says)).toBe(expected);
});

test.each<Outcome>([
  { kind: 'failure', thrown },
  { kind: 'stream', stream, thrown },
])('the rule of the user is asked for responses only', (outcome) => {
  const rule = vi.fn(() => true);

  expect(isSuccessfulOutcome(outcome, false, rule)).toBe(false);
  expect(rule).not.toHaveBeenCalled();
});

test('a report and what is journaled before it ask the rule of the user once for a response', () => {
  const isSuccess = vi.fn(() => false);
  const build = createReportBuilder({
    ...{ capture: 'full', redact: [], maxBytes: 262_144, result: undefined, isSuccess },
    pace: createPace(1),
  });
  const recorded = { input: undefined, result: undefined, failure: undefined };
  const facts = { recorded, outcome: sent('"half"') };

  const isJournaled = build.isSuccess(facts);
  const report = build(
    { ...facts, id: 'task-1', input: { kind: 'none' }, llm: emptySummary, durationSeconds: 1 },
    1_000,
  );

  expect([isJournaled, report.isSuccess]).toEqual([false, false]);
  expect(isSuccess).toHaveBeenCalledOnce();
});

function sent(json: string): ResponseOutcome {
  return { kind: 'response', json };
}
