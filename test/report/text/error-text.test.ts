import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorName, errorText } from '../../../src/report/text/error-text.ts';

/** An error with a stack that does not depend on where the test lies. */
function withStack<E extends Error>(
  error: E,
  frames = '    at handler (/var/task/index.mjs:3:9)',
): E {
  error.stack = `${error.name}: ${error.message}\n${frames}`;
  return error;
}

test('shows name, message and stack, the first two once', () => {
  const error = withStack(new TypeError('x is not a function\nsecond line'));

  expect(errorText(error)).toMatchInlineSnapshot(`
    "TypeError: x is not a function
    second line
        at handler (/var/task/index.mjs:3:9)"
  `);
});

test('shows causes before the stack', () => {
  const refused = new Error('connect ECONNREFUSED');
  const aggregate = new AggregateError([refused, new RangeError('port'), 'text'], 'all failed');
  const error = withStack(new Error('order 12', { cause: aggregate }));

  expect(errorText(error)).toMatchInlineSnapshot(`
    "Error: order 12
    Caused by: AggregateError: all failed
    Error 1 of 3: Error: connect ECONNREFUSED
    Error 2 of 3: RangeError: port
    Error 3 of 3: text
        at handler (/var/task/index.mjs:3:9)"
  `);
});

test('ends where causes form a circle or never end', () => {
  const circle = withStack(new Error('a'));
  circle.cause = new Error('b', { cause: circle });
  const chain = withStack(new Error('start'));
  let last: Error = chain;
  for (let depth = 0; depth < 1000; depth++) {
    const next = new Error(`cause ${depth}`);
    last.cause = next;
    last = next;
  }

  expect(errorText(circle)).toBe(
    'Error: a\nCaused by: Error: b\n    at handler (/var/task/index.mjs:3:9)',
  );
  expect(errorText(chain).split('\n')).toHaveLength(1 + 20 + 1 + 1);
  expect(errorText(chain)).toContain('\n… more causes\n');
});

test('takes the frames from a stack whose first line says something else', () => {
  const error = withStack(new Error('before'));
  error.message = 'after';

  expect(errorText(error)).toBe('Error: after\n    at handler (/var/task/index.mjs:3:9)');
});

test('shows an error of another realm', () => {
  const error: unknown = runInNewContext('new SyntaxError("elsewhere")');

  expect(errorText(error)).toMatch(/^SyntaxError: elsewhere\n +at /);
});

test.each([
  { thrown: null, name: 'null', text: 'null' },
  { thrown: undefined, name: 'undefined', text: 'undefined' },
  { thrown: 'out of paper', name: 'string', text: 'out of paper' },
  { thrown: '', name: 'string', text: '' },
  { thrown: 404, name: 'number', text: '404' },
  { thrown: 10n, name: 'bigint', text: '10' },
  { thrown: Symbol('why'), name: 'symbol', text: 'Symbol(why)' },
  { thrown: { code: 'E1' }, name: 'object', text: '{"code":"E1"}' },
  { thrown: () => 1, name: 'function', text: '[Function]' },
])('$thrown, which is no error, becomes a text', ({ thrown, name, text }) => {
  expect(errorText(thrown)).toBe(text);
  expect(errorName(thrown)).toBe(name);
});

test('reads hostile errors as far as it can', () => {
  const fail = (): never => {
    throw new Error('no');
  };
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
  revoke();
  const getters = Object.defineProperties(new Error('x'), {
    name: { get: fail },
    message: { get: fail },
    stack: { get: fail },
    cause: { get: fail },
  });
  const oddTypes = Object.assign(new Error(), { name: 7, message: { a: 1 }, stack: 12 });
  const withoutStack = Object.assign(new Error('m'), { stack: undefined });
  const trapped = new Proxy(new Error('x'), { get: fail, getPrototypeOf: fail });

  expect([proxy, getters, oddTypes, withoutStack, trapped].map(errorText)).toMatchInlineSnapshot(`
    [
      "[Unreadable]",
      "[Unreadable]: [Unreadable]
    Caused by: [Unreadable]
    [Unreadable]",
      "Error: {"a":1}",
      "Error: m",
      "[Unreadable]",
    ]
  `);
  expect([proxy, getters, oddTypes].map(errorName)).toStrictEqual([
    'object',
    '[Unreadable]',
    'Error',
  ]);
});

test('gives well-formed text for anything thrown', () => {
  fc.assert(
    fc.property(fc.anything({ stringUnit: 'binary' }), (thrown) => {
      const texts = [errorText(thrown), errorText(new Error('x', { cause: thrown }))];

      expect(texts.map((text) => Buffer.from(text).toString())).toStrictEqual(texts);
    }),
  );
});
