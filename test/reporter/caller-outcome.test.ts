import { describe, expect, test, vi } from 'vitest';
import type { Handover } from '../../src/delivery/lambda-extension/handover.ts';
import type { Invocation } from '../../src/invocation/invocation.ts';
import type { Outcome, ResponseOutcome } from '../../src/invocation/outcome.ts';
import { contradicts, handedOutcome, unnoticedOutcome } from '../../src/reporter/caller-outcome.ts';

type Seen = Pick<Invocation, 'isPending' | 'errorBeforeResponse'>;

const thrown = { value: new Error('no tokens left') };
const returned: ResponseOutcome = { kind: 'response', value: { toJSON: () => 'as sent' } };
const failed: Outcome = { kind: 'failure', thrown };
const nothingSeen: Seen = { isPending: false, errorBeforeResponse: undefined };

describe('a response that Lambda took', () => {
  test.each<[string, Outcome | undefined, string, Partial<Seen>, Outcome]>([
    ['adds the JSON to what the handler returned', returned, '"as sent"', {}, sent(returned)],
    [
      'keeps the error that a middleware has handled',
      { ...returned, handledError: thrown },
      '"as sent"',
      {},
      { ...sent(returned), handledError: thrown },
    ],
    [
      'keeps the error that the middleware names, not one that was seen before',
      { ...returned, handledError: thrown },
      '"as sent"',
      { errorBeforeResponse: { value: 'another' } },
      { ...sent(returned), handledError: thrown },
    ],
    ['does not hide an error of the reported handler', failed, '"fallback"', {}, failed],
    ['is all that is known of an unfollowed promise', undefined, '1', {}, json('1')],
    ['counts while the promise is pending', undefined, '1', { isPending: true }, json('1')],
    ['counts when it is null and nothing is pending', undefined, 'null', {}, json('null')],
    [
      'is made of the error that was seen',
      undefined,
      '{"statusCode":500}',
      { errorBeforeResponse: thrown },
      { kind: 'response', json: '{"statusCode":500}', handledError: thrown },
    ],
    [
      'is none when it is null because nothing was left to do',
      undefined,
      'null',
      { isPending: true },
      unnoticedOutcome(),
    ],
  ])('%s', (_, settled, body, seen, expected) => {
    const handover = { kind: 'response', json: body } as const;

    const outcome = handedOutcome(settled, handover, { ...nothingSeen, ...seen });

    expect(outcome).toEqual(expected);
  });
});

describe('an error that Lambda took', () => {
  const handed = {
    name: 'QuotaError',
    message: 'no tokens left',
    stack: 'QuotaError: …\n    at x',
  };

  test.each<[string, Outcome | undefined, Seen]>([
    ['threw', failed, nothingSeen],
    ['was seen to throw', undefined, { isPending: false, errorBeforeResponse: thrown }],
  ])('is the very error that the handler %s, with its causes', (_, settled, seen) => {
    const outcome = handedOutcome(settled, { kind: 'error', error: handed }, seen);

    expect(thrownIn(outcome)).toBe(thrown.value);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'just a text', 'just a text'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
  ])('is %s where the handler threw that', (_, value, message) => {
    const error = { ...handed, message };

    const outcome = handedOutcome(
      { kind: 'failure', thrown: { value } },
      { kind: 'error', error },
      nothingSeen,
    );

    expect(outcome).toEqual({ kind: 'failure', thrown: { value } });
  });

  test('is what the caller got, caused by what the handler threw, where they differ', () => {
    const error = { ...handed, message: 'something went wrong' };

    const value = thrownIn(handedOutcome(failed, { kind: 'error', error }, nothingSeen));

    expect(value).toMatchObject({ ...error, cause: thrown.value });
    expect(value).toBeInstanceOf(Error);
  });

  test.each<[string, Outcome | undefined]>([
    ['the handler returned what is no JSON', returned],
    ['nothing was seen of the handler', undefined],
  ])('is what the caller got where %s', (_, settled) => {
    const value = thrownIn(handedOutcome(settled, { kind: 'error', error: handed }, nothingSeen));

    expect(value).toMatchObject(handed);
    expect(value).not.toHaveProperty('cause');
  });

  test('is the very value that the handler threw where that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const settled: Outcome = { kind: 'failure', thrown: { value: proxy } };

    const value = thrownIn(handedOutcome(settled, { kind: 'error', error: handed }, nothingSeen));

    expect(Object.is(value, proxy)).toBe(true);
  });

  test('is what the caller got where reading the thrown error may do something', () => {
    const read = vi.fn(() => 'no tokens left');
    const error = Object.defineProperty(new Error('', { cause: 'quota' }), 'message', {
      get: read,
    });
    const settled: Outcome = { kind: 'failure', thrown: { value: error } };

    const value = thrownIn(handedOutcome(settled, { kind: 'error', error: handed }, nothingSeen));

    expect(value).toMatchObject({ ...handed, cause: 'quota' });
    expect(read).not.toHaveBeenCalled();
  });
});

test('of an invocation without a response the report says so, without a stack of ours', () => {
  const value = thrownIn(unnoticedOutcome());

  expect(value).toMatchObject({
    name: 'NoResponseError',
    message: expect.stringContaining('ended without a response'),
    stack: undefined,
  });
});

const stream = { text: '', truncatedBytes: 0, statusCode: undefined };
const handedResponse: Handover = { kind: 'response', json: '1' };
const handedError: Handover = {
  kind: 'error',
  error: { name: 'Error', message: '', stack: undefined },
};

test.each<[string, Outcome, Handover, boolean]>([
  ['a response is no news after a response', returned, handedResponse, false],
  ['an error is no news after a failure', failed, handedError, false],
  ['an error is news after a response', returned, handedError, true],
  ['a response is news after a failure', failed, handedResponse, true],
  ['an error is news after a whole stream', { kind: 'stream', stream }, handedError, true],
  [
    'a response is news after a broken stream',
    { kind: 'stream', stream, thrown },
    handedResponse,
    true,
  ],
  [
    'an error is no news after a broken stream',
    { kind: 'stream', stream, thrown },
    handedError,
    false,
  ],
])('%s', (_, settled, handover, expected) => {
  expect(contradicts(settled, handover)).toBe(expected);
});

function json(text: string): Outcome {
  return { kind: 'response', json: text };
}

function sent(outcome: ResponseOutcome): ResponseOutcome {
  return { ...outcome, json: '"as sent"' };
}

function thrownIn(outcome: Outcome): unknown {
  return outcome.kind === 'failure' ? outcome.thrown.value : expect.unreachable();
}
