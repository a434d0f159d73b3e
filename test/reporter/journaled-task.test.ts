/** What a dying process writes down of a task, and the report that the next one makes of it. */
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/delivery/journal/journal-entry.ts';
import { lostReport } from '../../src/delivery/journal/orphaned-run-report.ts';
import { outcomeOf } from '../../src/delivery/journal/orphaned-runs.ts';
import type { CapturedInput } from '../../src/invocation/captured-input.ts';
import { Invocation } from '../../src/invocation/invocation.ts';
import type { Outcome } from '../../src/invocation/outcome.ts';
import { emptySummary } from '../../src/llm/usage/usage-summary.ts';
import { createReportBuilder } from '../../src/report/build-report.ts';
import { createPace } from '../../src/report/pace.ts';
import { isSuccessfulOutcome } from '../../src/report/success.ts';
import { rawTask } from '../../src/reporter/journaled-task.ts';

const event = '{"password":"hunter2","question":"why?"}';
const captured: CapturedInput = { kind: 'json', json: event };
const build = createReportBuilder({
  capture: 'redacted',
  redact: [],
  maxBytes: 262_144,
  result: undefined,
  isSuccess: undefined,
  pace: createPace(1),
});
const response: Outcome = { kind: 'response', json: '{"token":"t-1","answer":42}' };

test('input and response are written down as JSON', () => {
  expect(rawTask(ended(captured, response), 'redacted')).toEqual({
    input: event,
    response: '{"token":"t-1","answer":42}',
  });
});

test('a text is written down as JSON, too', () => {
  const input: CapturedInput = { kind: 'text', text: 'why "now"?' };

  expect(rawTask(ended(input), 'full')).toEqual({ input: '"why \\"now\\"?"' });
});

test('an error is written down with its name, its message and its stack', () => {
  const error = Object.assign(new RangeError('too far'), {
    stack: 'RangeError: too far\n    at x',
  });

  const raw = rawTask(ended(captured, { kind: 'failure', thrown: { value: error } }), 'redacted');

  expect(raw).toEqual({
    input: event,
    error: { name: 'RangeError', message: 'too far', stack: 'RangeError: too far\n    at x' },
  });
});

test.each<[string, unknown]>([
  ['a text', 'no'],
  ['null', null],
  [
    'an error that cannot be read',
    Object.defineProperty(new Error('no'), 'message', {
      get: () => {
        throw new Error('no reading');
      },
    }),
  ],
])('of %s that was thrown nothing is written down', (_, value) => {
  const raw = rawTask(ended(captured, { kind: 'failure', thrown: { value } }), 'redacted');

  expect(raw).toEqual({ input: event });
});

test.each(['off', 'shape'] as const)('with capture %s nothing is written down', (capture) => {
  expect(rawTask(ended(captured, response), capture)).toEqual({});
});

test('what is larger than a dying process has time for is left out', () => {
  const limit = 256 * 1024;
  const fitting = 'x'.repeat(limit);

  const input: CapturedInput = { kind: 'json', json: fitting };
  const raw = rawTask(ended(input, { kind: 'response', json: `${fitting}x` }), 'full');

  expect([raw.input?.length, raw.response]).toEqual([limit, undefined]);
});

test('of a task that goes on only its input is written down', () => {
  expect(rawTask(ended(captured), 'redacted')).toEqual({ input: event });
});

test('the report of a task whose response Lambda had says what the caller got, redacted', () => {
  const raw = rawTask(ended(captured, response), 'redacted');

  expect(report({ ended: { isSuccess: true, at: 3_500 }, raw })).toMatchObject({
    id: 'task-1',
    is_success: true,
    input: '{"password":"[redacted]","question":"why?"}',
    result: '{"token":"[redacted]","answer":42}',
    duration: 2.5,
  });
});

test('the report of a task whose error Lambda had says that error, redacted', () => {
  const error = new RangeError('password=hunter2');
  const raw = rawTask(ended(captured, { kind: 'failure', thrown: { value: error } }), 'redacted');

  expect(report({ ended: { isSuccess: false, at: 3_500 }, raw })).toMatchObject({
    is_success: false,
    result: expect.stringMatching(/^RangeError: password=\[redacted\]/),
  });
});

test('the report of a task that its process did not survive says why, and what it was asked', () => {
  const raw = rawTask(ended(captured), 'redacted');
  const crash = { cause: 'The process exited with code 3.', at: 2_000 };

  expect(report({ crash, raw })).toMatchObject({
    is_success: false,
    input: '{"password":"[redacted]","question":"why?"}',
    result: 'ProcessEndedError: The process exited with code 3.',
    duration: 1,
  });
});

const stream = { text: 'half', truncatedBytes: 0, statusCode: undefined };
const thrown = { value: new Error('no') };

test.each<[string, Outcome, ((invocation: Invocation) => void) | undefined]>([
  ['a response', response, undefined],
  ['a response of a handler that reported a failure', response, failWith('no rows')],
  ['a response after an error', response, failWith(new RangeError('no rows'))],
  ['a response after a failure of any kind', response, failWith({ rows: 0 })],
  ['an HTTP error', { kind: 'response', json: '{"statusCode":503}' }, undefined],
  ['an error', { kind: 'failure', thrown }, undefined],
  ['an error that cannot be written', { kind: 'failure', thrown: { value: null } }, undefined],
  ['a stream', { kind: 'stream', stream }, undefined],
  ['a stream with a status', { kind: 'stream', stream: { ...stream, statusCode: 200 } }, undefined],
  ['a streamed 503', { kind: 'stream', stream: { ...stream, statusCode: 503 } }, undefined],
  ['a broken stream', { kind: 'stream', stream, thrown }, undefined],
  [
    'a stream of a handler that reported a failure',
    { kind: 'stream', stream },
    failWith('no rows'),
  ],
])('%s: recovery agrees with the report that the process would have sent', (_, outcome, record) => {
  const invocation = ended(captured, outcome, record);
  const { id, input } = invocation;
  const recorded = invocation.recorded();
  const sent = build(
    { id, input, outcome, recorded, llm: emptySummary, durationSeconds: 1 },
    1_000,
  );
  const isSuccess = isSuccessfulOutcome(outcome, recorded.failure !== undefined);
  const end = { isSuccess, at: 3_500 };

  const recovered = [
    report({ ended: end }),
    report({ ended: end, raw: rawTask(invocation, 'redacted') }),
    report({ ended: end, raw: rawTask(invocation, 'shape') }),
  ];

  expect(recovered.map(({ is_success }) => is_success)).toEqual(Array(3).fill(sent.isSuccess));
});

test('the report of a task that reported a failure says the reason', () => {
  const invocation = ended(captured, response, failWith(new RangeError('password=hunter2')));
  const raw = rawTask(invocation, 'redacted');

  expect(report({ ended: { isSuccess: false, at: 3_500 }, raw })).toMatchObject({
    is_success: false,
    result: expect.stringMatching(/^RangeError: password=\[redacted\]/),
  });
});

test('without anything written down the report says that it is not known', () => {
  expect(report({ ended: { isSuccess: true, at: 3_500 } })).toMatchObject({
    is_success: true,
    input: null,
    result: expect.stringContaining('before it was reported'),
  });
});

test('a draft keeps what the process knew, and gets the end that it did not see', () => {
  const draft = {
    id: 'task-1',
    input: 'from the draft',
    llm_response: null,
    tokens: null,
    is_success: false,
    result: 'not over',
    duration: 1,
    used_tools: ['search'],
  };
  const raw = rawTask(ended(captured, response), 'redacted');

  const made = report({ report: draft, ended: { isSuccess: true, at: 3_500 }, raw });

  expect(made).toMatchObject({
    input: 'from the draft',
    used_tools: ['search'],
    is_success: true,
    result: '{"token":"[redacted]","answer":42}',
    duration: 2.5,
  });
});

function failWith(reason: unknown): (invocation: Invocation) => void {
  return ({ recorder }) => recorder.fail(reason);
}

function ended(
  input: CapturedInput,
  outcome?: Outcome,
  record: (invocation: Invocation) => void = () => undefined,
): Invocation {
  const invocation = new Invocation({
    id: 'task-1',
    agentId: 'agent-123',
    event: {},
    context: {},
    input,
    warn: () => undefined,
  });
  record(invocation);
  if (outcome) invocation.end(outcome);
  return invocation;
}

function report(steps: Partial<JournalEntry>) {
  const stub = {
    id: 'task-1',
    agentId: 'agent-123',
    baseUrl: 'https://inbound.xpander.ai',
    startedAt: 1_000,
    ...steps,
  };
  // By way of the file, as the next process reads it.
  const read: JournalEntry = JSON.parse(JSON.stringify(stub));
  return lostReport(build, read, outcomeOf(read, 9_000), 1_000);
}
