/** Values that a handler throws. */
import { answers, commonJs, esModule, fails, onEach, type Run, type Shape } from './shape.ts';

/** The event chooses one, so that one environment fails in all ways. */
const thrown: Readonly<Record<string, string>> = {
  'an error': "async () => { throw new Error('no tokens left'); }",
  'an error after an await': "async () => { await sleep(1); throw new Error('later'); }",
  'an error at once': "() => { throw new RangeError('at once'); }",
  'a rejected promise': "() => Promise.reject(new TypeError('rejected'))",
  'a rejection later':
    "() => new Promise((_, reject) => setTimeout(() => reject(new Error('later')), 2))",
  'a subclass': "async () => { throw new QuotaError('quota'); }",
  'a subclass without a name': "async () => { throw new Unnamed('unnamed'); }",
  'an error with a name of its own':
    "async () => { throw Object.assign(new Error('x'), { name: 'Own.Name' }); }",
  'an error without a message': 'async () => { throw new Error(); }',
  'an error with an odd message':
    "async () => { throw new Error('line one\\nline two \\u007f 🦊 \\ud83d'); }",
  'a long message': "async () => { throw new Error('word '.repeat(2_000)); }",
  'a cause': "async () => { throw new Error('outer', { cause: new QuotaError('inner') }); }",
  'a cause that is a cycle':
    "async () => { const error = new Error('self'); error.cause = error; throw error; }",
  'an aggregate':
    "async () => { throw new AggregateError([new Error('a'), new QuotaError('b')], 'both'); }",
  'any that fails': "async () => Promise.any([Promise.reject(new Error('only'))])",
  text: "async () => { throw 'just a text'; }",
  'an empty text': "async () => { throw ''; }",
  null: 'async () => { throw null; }',
  undefined: 'async () => { throw undefined; }',
  number: 'async () => { throw 42; }',
  object: 'async () => { throw { code: 42 }; }',
  'an object with a message':
    "async () => { throw { name: 'Odd', message: 'looks like one', stack: 'none' }; }",
  symbol: "async () => { throw Symbol('odd'); }",
  function: 'async () => { throw function odd() {}; }',
  'undefined as a rejection': '() => Promise.reject()',
  'a frozen error': "async () => { throw Object.freeze(new Error('frozen')); }",
  'a sealed error': "async () => { throw Object.seal(new Error('sealed')); }",
  'an error without a stack':
    "async () => { const error = new Error('bare'); delete error.stack; throw error; }",
  'an error with a stack of its own':
    "async () => { throw Object.assign(new Error('own'), { stack: 'Error: own\\n    at nowhere' }); }",
  'a stack that is no text':
    "async () => { throw Object.assign(new Error('odd'), { stack: 42 }); }",
  'a getter as the stack':
    "async () => { throw Object.defineProperty(new Error('x'), 'stack', { get: () => 'Error: by a getter' }); }",
  'a getter that throws as the message':
    "async () => { throw Object.defineProperty(new Error(), 'message', { get() { throw new Error('unreadable'); } }); }",
  'enumerable fields':
    "async () => { throw Object.assign(new Error('fields'), { code: 'E_QUOTA', details: { left: 0 }, isRetryable: true }); }",
  'a field that is a cycle':
    "async () => { const error = new Error('cycle'); error.self = { error }; throw error; }",
  'an error of another realm':
    'async () => { await sleep(1); throw vm.runInNewContext("new Error(\'foreign\')"); }',
  'a DOMException': "async () => { throw new DOMException('gone', 'AbortError'); }",
  'an abort': 'async () => { AbortSignal.abort().throwIfAborted(); }',
  'an error of Node.js': "async () => fs.readFile('/no/such/file')",
  'a synchronous error of Node.js': 'async () => fs.readFileSync(42)',
  'a proxy of an error': "async () => { throw new Proxy(new Error('proxied'), {}); }",
  'the same error again': 'async () => { throw (globalThis.same ??= new Error("same")); }',
  'the same error once more': 'async () => { throw (globalThis.same ??= new Error("same")); }',
  'deep recursion': 'async () => deep(30)',
  'deep recursion at once': '() => deep(30)',
  'deep recursion of async functions': 'async () => deepAsync(30)',
  'deep recursion after an await': 'async () => { await sleep(1); return deep(30); }',
  'stack overflow': 'async () => { const endless = () => endless() + 1; return endless(); }',
  'a callback of an array': 'async () => [1].map(() => { throw new Error("in map"); })',
  'a method': 'async () => new Agent().ask()',
  'a getter': 'async () => new Agent().answer',
  'a constructor': 'async () => new Broken()',
  'a closure': '() => (() => (() => { throw new Error("nested"); })())()',
  eval: 'async () => eval("(() => { throw new Error(\'evaluated\'); })()")',
  'a microtask': '() => Promise.resolve().then(function step() { throw new Error("in a step"); })',
  finally: "async () => { try { throw new Error('first'); } finally { await sleep(1); } }",
  'caught and thrown anew':
    "async () => { try { deep(3); } catch (error) { throw new QuotaError('anew', { cause: error }); } }",
};

const prelude = `class QuotaError extends Error { name = 'QuotaError'; }
class Unnamed extends Error {}
class Broken { constructor() { throw new QuotaError('broken'); } }
class Agent {
  async ask() { return this.#think(); }
  get answer() { throw new QuotaError('no answer'); }
  #think() { throw new QuotaError('no idea'); }
}
const deep = (levels) => { if (levels === 0) throw new QuotaError('deep down'); return deep(levels - 1); };
const deepAsync = async (levels) => { await null; if (levels === 0) throw new QuotaError('deep down'); return await deepAsync(levels - 1); };
`;

const table = Object.entries(thrown).map(([name, source]) => `${JSON.stringify(name)}: ${source}`);
const body = `${prelude}const shapes = {${table.join(',\n')}};\n`;
const asEsModule = `import * as fs from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import vm from 'node:vm';
${body}`;
const asCommonJs = `const fs = { ...require('node:fs'), ...require('node:fs/promises') };
const { setTimeout: sleep } = require('node:timers/promises');
const vm = require('node:vm');
${body}`;
const runs = Object.keys(thrown).map((shape): Run => {
  return { event: { shape }, gives: { kind: 'error' }, report: 'failed' };
});

export const failures: readonly Shape[] = [
  esModule(
    'everything that can be thrown',
    `${asEsModule}export const handler = (event, context) => shapes[event.shape](event, context);`,
    ...runs,
  ),
  esModule(
    'everything that can be thrown, from an async handler with a name',
    `${asEsModule}async function ask(event, context) { return await shapes[event.shape](event, context); }
export { ask as handler };`,
    ...runs,
  ),
  commonJs(
    'everything that can be thrown',
    `${asCommonJs}exports.handler = async function (event, context) { return shapes[event.shape](event, context); };`,
    ...runs,
  ),
  commonJs(
    'a method that throws',
    "class Agent { async handler() { throw new Error('in a method'); } } module.exports = new Agent();",
    fails('Error'),
  ),
  commonJs(
    'a bound method that throws',
    "class Agent { run() { throw new Error('in a method'); } } exports.handler = Agent.prototype.run.bind(new Agent());",
    fails('Error'),
  ),
  commonJs(
    'an anonymous function that throws',
    "module.exports = { handler: (() => () => { throw new Error('anonymous'); })() };",
    fails('Error'),
  ),
  commonJs(
    'a function of another name that throws',
    "function ask() { throw new Error('ask'); } exports.handler = ask;",
    fails('Error'),
  ),
  ...['0', '1', '3', '50', 'Infinity', 'undefined'].map((limit) =>
    esModule(
      `Error.stackTraceLimit is ${limit}`,
      `Error.stackTraceLimit = ${limit};
const deep = (n) => { if (n === 0) throw new Error('deep down'); return deep(n - 1); };
export const handler = async ({ levels }) => deep(levels);`,
      ...[0, 20].map((levels): Run => {
        return { event: { levels }, gives: { kind: 'error' }, report: 'failed' };
      }),
    ),
  ),
  onEach(
    commonJs('null, thrown at once', 'exports.handler = () => { throw null; };'),
    fails('object'),
    { ...answers('null'), report: 'failed' },
  ),
  esModule(
    'Error.stackTraceLimit changed by the handler',
    `const deep = (n) => { if (n === 0) throw new Error('deep down'); return deep(n - 1); };
export const handler = async ({ limit }) => { Error.stackTraceLimit = limit; return deep(60); };`,
    fails('Error', { limit: 5 }),
    fails('Error', { limit: 30 }),
    fails('Error', { limit: 10 }),
  ),
  esModule(
    'Error.prepareStackTrace of its own',
    `Error.prepareStackTrace = (error, sites) => error.message + ': ' + sites.map((site) => site.getFileName()?.split('/').pop() + ':' + site.getLineNumber()).slice(0, 1).join();
export const handler = async () => { throw new Error('prepared'); };`,
    fails('Error'),
  ),
  esModule(
    'source maps enabled',
    `process.setSourceMapsEnabled(true);
export const handler = async () => { throw new Error('mapped'); };`,
    fails('Error'),
  ),
];
