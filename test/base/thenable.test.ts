import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import {
  adopt,
  followPromise,
  hasThen,
  isPlainPromise,
  isThenable,
} from '../../src/base/thenable.ts';

class Query extends Promise<unknown> {}

const unreadable = withThen(
  {},
  {
    get: () => {
      throw new Error('no reading');
    },
  },
);

test.each<[string, unknown]>([
  ['a promise', Promise.resolve()],
  ['a promise of an async function', (async () => undefined)()],
  ['a frozen promise', Object.freeze(Promise.resolve())],
  ['a promise with a field of its own', Object.assign(Promise.resolve(), { id: 1 })],
])('%s is a native promise', (_, value) => {
  expect(isPlainPromise(value)).toBe(true);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'then'],
  ['an object with then()', withThen({}, { value: (resolve: () => void) => resolve() })],
  ['an object that inherits from a promise', Object.create(Promise.resolve())],
  ['an object with the prototype of promises', Object.create(Promise.prototype)],
  ['a promise of a subclass', Query.resolve()],
  ['a promise with a then() of its own', withThen(Promise.resolve(), { value: () => 1 })],
  [
    'a promise with a constructor of its own',
    Object.defineProperty(Promise.resolve(), 'constructor', { value: Query }),
  ],
  ['a promise of another realm', runInNewContext('Promise.resolve()')],
  ['a promise without a prototype', Object.setPrototypeOf(Promise.resolve(), null)],
  ['a proxy of a promise', new Proxy(Promise.resolve(), {})],
  ['a thenable that cannot be read', unreadable],
])('%s is not a native promise', (_, value) => {
  expect(isPlainPromise(value)).toBe(false);
});

test.each<[string, unknown, boolean, boolean]>([
  ['a promise', Promise.resolve(), true, true],
  ['a function with then()', withThen(() => 1, { value: () => 1 }), true, true],
  ['a then that is no function', withThen({}, { value: 'soon' }), false, true],
  ['a then that cannot be read', unreadable, true, true],
  ['an object', {}, false, false],
  ['a text', 'then', false, false],
  ['null', null, false, false],
])('isThenable() and hasThen() recognise %s', (_, value, thenable, has) => {
  expect([isThenable(value), hasThen(value)]).toEqual([thenable, has]);
});

test('hasThen() does not read then', () => {
  const read = vi.fn();

  hasThen(withThen({}, { get: read }));

  expect(read).not.toHaveBeenCalled();
});

test('followPromise() settles like the promise, after its listeners', async () => {
  const steps: unknown[] = [];
  const error = new Error('no');
  const follow = (promise: Promise<unknown>): Promise<unknown> =>
    followPromise(
      promise,
      (value) => steps.push(['fulfilled', value]),
      (reason) => steps.push(['rejected', reason]),
    );

  const value = await follow(Promise.resolve('fine'));
  const reason = await follow(Promise.reject(error)).catch((thrown: unknown) => thrown);

  expect([value, reason]).toEqual(['fine', error]);
  expect(steps).toEqual([
    ['fulfilled', 'fine'],
    ['rejected', error],
  ]);
});

test('followPromise() works if user code replaces Promise.prototype.then', async () => {
  const replaced = vi.spyOn(Promise.prototype, 'then');
  const promise = Promise.resolve('fine');
  let seen: unknown;

  void followPromise(
    promise,
    (value) => {
      seen = value;
    },
    () => undefined,
  );
  const calls = replaced.mock.calls.length;
  replaced.mockRestore();

  await vi.waitFor(() => expect(seen).toBe('fine'));
  expect(calls).toBe(0);
});

test('adopt() calls then of a thenable once, like await', async () => {
  const then = vi.fn((resolve: (value: string) => void) => resolve('fine'));

  const adopted = adopt(withThen({}, { value: then }));
  const before = then.mock.calls.length;

  expect(await adopted).toBe('fine');
  expect([before, then.mock.calls.length]).toEqual([0, 1]);
});

test('adopt() resolves with a value that is not a thenable and rejects if then throws', async () => {
  const value = withThen({}, { value: 'soon' });

  expect(await adopt(value)).toBe(value);
  await expect(adopt(unreadable)).rejects.toThrow('no reading');
});

/** The linter rejects an object literal with a field of this name. */
function withThen<T extends object>(target: T, then: PropertyDescriptor): T {
  return Object.defineProperty(target, 'then', then);
}
