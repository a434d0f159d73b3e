import { expect, test } from 'vitest';
import {
  createFreezes,
  type Participant,
} from '../../../src/delivery/execution-environment/freezes.ts';
import { createSendPolicy, type SendPolicy } from '../../../src/delivery/policy/send-policy.ts';
import { type AskFirst, createAskFirst } from '../../../src/delivery/queue/record-check.ts';
import type { PendingReport } from '../../../src/delivery/spool/spool.ts';
import { ApiError } from '../../../src/errors.ts';

interface Stage {
  readonly askFirst: AskFirst;
  readonly sendPolicy: SendPolicy;
  readonly runtime: Participant;
}

function setUp(isNeverFrozen = false): Stage {
  const freezes = createFreezes();
  const runtime = freezes.join();
  const sendPolicy = createSendPolicy();
  const askFirst = createAskFirst(freezes, sendPolicy, isNeverFrozen);
  askFirst.born('success', freezes.count());
  askFirst.born('failure', freezes.count());
  return { askFirst, sendPolicy, runtime };
}

function waiting(id: string, ageMs = 0): PendingReport {
  const report = {
    ...{ id, input: null, result: null, llm_response: null, tokens: null },
    ...{ is_success: id.startsWith('success'), duration: 1, used_tools: [] },
  };
  return { report, attempts: 0, reason: 'not sent yet', since: Date.now() - ageMs };
}

test('what is sent in the invocation that it is of needs no question', () => {
  const { askFirst } = setUp();

  expect(['success', 'failure'].map((id) => askFirst.isNeeded(waiting(id)))).toEqual([
    false,
    false,
  ]);
});

test('after a freeze a failure needs one; a success whose process went on does not', () => {
  const { askFirst, runtime } = setUp();
  runtime.asks();
  runtime.gotEvent();

  expect(['success', 'failure'].map((id) => askFirst.isNeeded(waiting(id)))).toEqual([false, true]);
});

test('what another process has left needs one', () => {
  const { askFirst } = setUp();

  const needs = ['success of another', 'failure of another'].map((id) =>
    askFirst.isNeeded(waiting(id)),
  );
  expect(needs).toEqual([true, true]);
});

test('what has waited for seconds needs one, a success only while there are requests enough', () => {
  const { askFirst, sendPolicy } = setUp();
  const needs = (): boolean[] =>
    ['success', 'failure'].map((id) => askFirst.isNeeded(waiting(id, 6_000)));

  expect(needs()).toEqual([true, true]);
  const refusal = new ApiError('too many', {
    statusCode: 429,
    description: '',
    retryAfterSeconds: 1,
  });
  sendPolicy.ended({ kind: 'undelivered', attempts: 1, error: refusal });
  expect(needs()).toEqual([false, true]);
});

test('on Managed Instances a failure that waits needs one, each time', () => {
  const { askFirst } = setUp(true);
  askFirst.waits(waiting('success'));
  askFirst.waits(waiting('failure'));

  const success = waiting('success');
  const failure = waiting('failure');
  expect([askFirst.isNeeded(success), askFirst.isNeeded(failure)]).toEqual([false, true]);
  expect([askFirst.isNeededAgain(success), askFirst.isNeededAgain(failure)]).toEqual([false, true]);
});
