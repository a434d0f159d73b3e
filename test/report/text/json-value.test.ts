import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJsonValue } from '../../../src/report/text/json-value.ts';

test('copies parsed JSON as it is', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
      const value: unknown = JSON.parse(json);

      expect(toJsonValue(value)).toStrictEqual(value);
    }),
  );
});

test('gives what JSON.stringify gives, wherever that gives something', () => {
  const anything = fc.anything({ withDate: true, withSparseArray: true, withBoxedValues: true });
  fc.assert(
    fc.property(anything, (value) => {
      expect(JSON.stringify(toJsonValue(value))).toBe(JSON.stringify(value));
    }),
  );
});

test('shows what JSON.stringify refuses or loses', () => {
  const circular: Record<string, unknown> = { name: 'a' };
  circular['self'] = { again: circular, list: [circular] };
  const shared = { x: 1 };

  const value = toJsonValue({
    circular,
    notCircular: [shared, shared],
    bigint: 12345678901234567890n,
    map: new Map<unknown, unknown>([
      ['a', 1],
      ['__proto__', 2],
    ]),
    mapOfObjects: new Map([[{ id: 1 }, 'x']]),
    set: new Set([1, 'b']),
    buffer: Buffer.from('secret'),
    floats: new Float64Array(4),
    arrayBuffer: new ArrayBuffer(3),
    error: Object.assign(new TypeError('no', { cause: new Error('why') }), { code: 'E_NO' }),
    aggregate: new AggregateError([new Error('one')], 'all'),
  });

  expect(value).toMatchInlineSnapshot(`
    {
      "aggregate": {
        "errors": [
          {
            "message": "one",
            "name": "Error",
          },
        ],
        "message": "all",
        "name": "AggregateError",
      },
      "arrayBuffer": "[3 bytes of binary]",
      "bigint": "12345678901234567890",
      "buffer": "[6 bytes of binary]",
      "circular": {
        "name": "a",
        "self": {
          "again": "[Circular]",
          "list": [
            "[Circular]",
          ],
        },
      },
      "error": {
        "cause": {
          "message": "why",
          "name": "Error",
        },
        "code": "E_NO",
        "message": "no",
        "name": "TypeError",
      },
      "floats": "[32 bytes of binary]",
      "map": {
        "__proto__": 2,
        "a": 1,
      },
      "mapOfObjects": [
        [
          {
            "id": 1,
          },
          "x",
        ],
      ],
      "notCircular": [
        {
          "x": 1,
        },
        {
          "x": 1,
        },
      ],
      "set": [
        1,
        "b",
      ],
    }
  `);
});

test('leaves out what JSON leaves out', () => {
  const hidden = Symbol('hidden');

  const value = toJsonValue({
    undefined: undefined,
    function: () => 1,
    symbol: hidden,
    [hidden]: 1,
    list: [undefined, () => 1, hidden, Number.NaN, Number.POSITIVE_INFINITY, -0],
    holes: new Array(2),
    invalidDate: new Date(Number.NaN),
    date: new Date(0),
  });

  expect(value).toStrictEqual({
    list: [null, null, null, null, null, 0],
    holes: [null, null],
    invalidDate: null,
    date: '1970-01-01T00:00:00.000Z',
  });
  expect(toJsonValue(undefined)).toBeUndefined();
  expect(toJsonValue(() => 1)).toBeUndefined();
});

test('hides only the field that cannot be read', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = (): never => {
    throw new Error('no');
  };

  const value = toJsonValue({
    before: 1,
    get getter() {
      return fail();
    },
    toJson: { toJSON: fail },
    nested: [{ toJSON: fail }, 2],
    revoked: proxy,
    trapped: new Proxy({ a: 1 }, { ownKeys: fail }),
    halfTrapped: new Proxy(
      { a: 1, b: 2 },
      { get: (target, key) => (key === 'a' ? fail() : Reflect.get(target, key)) },
    ),
    after: 3,
  });

  expect(value).toStrictEqual({
    before: 1,
    getter: '[Unreadable]',
    toJson: '[Unreadable]',
    nested: ['[Unreadable]', 2],
    revoked: '[Unreadable]',
    trapped: '[Unreadable]',
    halfTrapped: { a: '[Unreadable]', b: 2 },
    after: 3,
  });
});

test('asks toJSON once, with the key, and takes instances by their own fields', () => {
  const calls: unknown[] = [];
  class Money {
    readonly currency = 'EUR';
    readonly #cents = 5;
    get cents(): number {
      return this.#cents;
    }
  }
  const itself = { a: 1, toJSON: () => itself };
  const value = toJsonValue({
    itself,
    money: new Money(),
    price: {
      toJSON: (key: unknown) => {
        calls.push(key);
        return { shown: 1, toJSON: () => 'not asked' };
      },
    },
  });

  expect(value).toStrictEqual({
    itself: { a: 1 },
    money: { currency: 'EUR' },
    price: { shown: 1 },
  });
  expect(calls).toStrictEqual(['price']);
});

test('finds a cycle that leads through toJSON', () => {
  const parent: Record<string, unknown> = {};
  parent['child'] = { toJSON: () => parent };

  expect(toJsonValue(parent)).toStrictEqual({ child: '[Circular]' });
});

test('stops at depth and size, so that endless data ends', () => {
  let deep: unknown = 'bottom';
  for (let level = 0; level < 100_000; level++) deep = [deep];
  let wide: unknown = 'leaf';
  for (let level = 0; level < 60; level++) wide = [wide, wide];
  const endless: object = {
    toJSON: () => ({ left: Object.create(endless), right: Object.create(endless) }),
  };
  const longProxy = new Proxy([], {
    get: (target, key) => (key === 'length' ? 1e9 : Reflect.get(target, key)),
  });

  const sizes = [deep, wide, endless, longProxy].map(
    (value) => JSON.stringify(toJsonValue(value)).length,
  );

  expect(JSON.stringify(toJsonValue(deep))).toContain('"[Deeper than 64 levels]"');
  expect(Math.max(...sizes)).toBeLessThan(9e6);
});

test('makes every text well-formed', () => {
  const value = toJsonValue({ 'key \ud800': 'text \udc00', pair: '\u{1F600}' });

  expect(value).toStrictEqual({ 'key \ufffd': 'text \ufffd', pair: '\u{1F600}' });
});

test('keeps a field called __proto__ without changing a prototype', () => {
  const value = toJsonValue(JSON.parse('{"__proto__":{"isAdmin":true},"a":1}'));

  expect(JSON.stringify(value)).toBe('{"__proto__":{"isAdmin":true},"a":1}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('changes nothing and calls no setter', () => {
  const changes: unknown[] = [];
  const watched = new Proxy(
    { a: [1, { b: 2 }] },
    {
      set: (_, key) => Boolean(changes.push(key)),
      defineProperty: (_, key) => Boolean(changes.push(key)),
      deleteProperty: (_, key) => Boolean(changes.push(key)),
    },
  );
  const frozen = Object.freeze({ list: Object.freeze([Object.freeze({ x: 1 })]) });

  const values = [toJsonValue(watched), toJsonValue(frozen)];

  expect(values).toStrictEqual([{ a: [1, { b: 2 }] }, { list: [{ x: 1 }] }]);
  expect(changes).toStrictEqual([]);
});
