/** Values that a handler returns. */
import {
  answers,
  commonJs,
  esModule,
  fails,
  onEach,
  onNode24,
  type Run,
  type Shape,
} from './shape.ts';

/** The event chooses one, so that one environment returns all of them. */
const returned: Readonly<Record<string, readonly [source: string, run?: (event: unknown) => Run]>> =
  {
    undefined: ['async () => undefined'],
    null: ['async () => null'],
    number: ['async () => 42'],
    NaN: ['async () => NaN'],
    zero: ['async () => 0'],
    false: ['async () => false'],
    'empty text': ["async () => ''"],
    text: ["async () => 'plain text'"],
    unicode: ["async () => 'emoji 🦊, lone \\ud83d, line \\u2028, null \\u0000, quote \"'"],
    'large text': ["async () => 'word '.repeat(400_000)"],
    object: ['async (event) => ({ echoed: event })'],
    array: ['async () => [1, [2], { three: 3 }]'],
    date: ['async () => new Date(0)'],
    map: ['async () => new Map([[1, 2]])'],
    buffer: ["async () => Buffer.from('bytes')"],
    'typed array': ['async () => new Uint8Array([1, 2])'],
    function: ['async () => () => 1', (event) => unserializable(event)],
    symbol: ["async () => Symbol('nothing')", (event) => unserializable(event)],
    'undefined inside': ['async () => ({ a: undefined, b: [undefined], c: () => 1 })'],
    toJSON: ["async () => ({ toJSON: () => 'as JSON' })"],
    'toJSON that counts': [
      'async () => ({ toJSON: () => (globalThis.count = (globalThis.count ?? 0) + 1) })',
    ],
    'toJSON that throws': [
      "async () => ({ toJSON: () => { throw new RangeError('not JSON'); } })",
      (event) => unserializable(event),
    ],
    'a getter': ['async () => ({ get now() { return 1; } })'],
    'a getter that throws': [
      "async () => ({ get now() { throw new RangeError('no reading'); } })",
      (event) => unserializable(event),
    ],
    cycle: [
      'async () => { const a = {}; a.self = a; return a; }',
      (event) => unserializable(event),
    ],
    BigInt: ['async () => ({ count: 10n })', (event) => unserializable(event)],
    proxy: ['async () => new Proxy({ a: 1 }, {})'],
    'an object without a prototype': ['async () => Object.assign(Object.create(null), { a: 1 })'],
    frozen: ['async () => Object.freeze({ a: Object.freeze([1]) })'],
    'a class instance': ['async () => new (class Answer { #secret = 1; text = 2; })()'],
    'an error as a value': ["async () => Object.assign(new Error('as a value'), { code: 1 })"],
    'deep nesting': [
      'async () => { let a = 1; for (let i = 0; i < 500; i += 1) a = [a]; return a; }',
    ],
    http: [
      "async () => ({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' })",
    ],
    'http error': ["async () => ({ statusCode: 502, body: 'upstream' })", (event) => failed(event)],
    batch: [
      "async () => ({ batchItemFailures: [{ itemIdentifier: 'm-2' }] })",
      (event) => failed(event),
    ],
    'a promise of a promise': ["async () => Promise.resolve(Promise.resolve('inner'))"],
    'a promise without async': ["() => Promise.resolve('a promise')"],
    'a thenable': ["() => ({ then: (resolve) => resolve('from a thenable') })"],
    'a thenable on a function': [
      "() => Object.assign(() => 1, { then: (resolve) => resolve('from a function') })",
    ],
    'a thenable that answers twice': [
      "() => ({ then: (resolve) => { resolve('first'); resolve('second'); } })",
    ],
    'a thenable of a thenable': [
      "() => ({ then: (resolve) => resolve({ then: (inner) => inner('inside') }) })",
    ],
    'a promise of a class of its own': [
      "() => { class Query extends Promise {} return Query.resolve('from a subclass'); }",
    ],
    'slow promise': ["() => new Promise((resolve) => setTimeout(resolve, 5, 'later'))"],
  };

/** The error's name differs between the runtimes. */
function unserializable(event: unknown): Run {
  return { event, gives: { kind: 'error' }, report: 'failed' };
}

function failed(event: unknown): Run {
  return { ...answers(undefined, event), report: 'failed' };
}

function answersSomething(event: unknown): Run {
  return answers(undefined, event);
}

const table = Object.entries(returned).map(
  ([name, [source]]) => `${JSON.stringify(name)}: ${source}`,
);
const choose = '(event, context) => shapes[event.shape](event, context)';
const runs = Object.entries(returned).map(([shape, [, run = answersSomething]]) => run({ shape }));

export const results: readonly Shape[] = [
  esModule(
    'everything that can be returned',
    `const shapes = {${table.join(',\n')}};\nexport const handler = ${choose};`,
    ...runs,
  ),
  commonJs(
    'everything that can be returned',
    `const shapes = {${table.join(',\n')}};\nexports.handler = ${choose};`,
    ...runs,
  ),
  onEach(
    esModule('a value without a promise', "export const handler = () => 'at once';"),
    answers('"at once"'),
    answers('null'),
  ),
  onEach(
    commonJs(
      'a value without a promise',
      'exports.handler = function () { return { now: true }; };',
    ),
    answers('{"now":true}'),
    answers('null'),
  ),
  esModule('nothing without a promise', 'export const handler = () => {};', answers('null')),
  onEach(
    esModule('a generator', 'export function* handler() { yield 1; }'),
    answers('{}'),
    answers('null'),
  ),
  onEach(
    esModule('an async generator', 'export async function* handler() { yield 1; }'),
    answers('{}'),
    answers('null'),
  ),
  onEach(
    esModule('a then that is no function', "export const handler = () => ({ then: 'soon' });"),
    answers('{"then":"soon"}'),
    answers('null'),
  ),
  {
    ...esModule(
      'a thenable that throws',
      "export const handler = () => ({ then() { throw new RangeError('in then'); } });",
      fails('RangeError'),
    ),
    runtimes: onNode24,
  },
  {
    ...esModule(
      'a thenable that rejects',
      "export const handler = () => ({ then: (_, reject) => reject(new RangeError('rejected')) });",
      fails('RangeError'),
    ),
    runtimes: onNode24,
  },
];
