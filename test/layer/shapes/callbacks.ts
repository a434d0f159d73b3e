/** Handlers on Node.js 22 that respond through a callback or the context. */
import { answers, commonJs, fails, onNode22, type Run, type Shape } from './shape.ts';

const body = `(event, context, callback) => {
  const act = ways[event.way];
  return act(event, context, callback);
}`;

/** Chosen by the event. */
const ways: Readonly<Record<string, readonly [source: string, run?: (event: unknown) => Run]>> = {
  'a value': ["(e, c, callback) => callback(null, 'called back')"],
  'a value later': ["(e, c, callback) => { setTimeout(() => callback(null, 'later'), 5); }"],
  'no parameters': ['(e, c, callback) => callback()'],
  'undefined first': ['(e, c, callback) => callback(undefined, { a: 1 })'],
  'an error': ["(e, c, callback) => callback(new RangeError('by callback'))", failed],
  'an error later': [
    "(e, c, callback) => { setTimeout(() => callback(new RangeError('later')), 5); }",
    failed,
  ],
  'an error and a value': ["(e, c, callback) => callback(new Error('both'), 'value')", failed],
  twice: ["(e, c, callback) => { callback(null, 'first'); callback(null, 'second'); }"],
  'a value, then an error': [
    "(e, c, callback) => { callback(null, 'first'); callback(new Error('second')); }",
  ],
  'a value, then a throw': [
    "(e, c, callback) => { callback(null, 'first'); throw new Error('second'); }",
  ],
  'what callback returns': ["(e, c, callback) => { console.log(typeof callback(null, 'x')); }"],
  succeed: ["(e, context) => context.succeed('succeeded')"],
  'succeed later': ["(e, context) => { setTimeout(() => context.succeed('later'), 5); }"],
  'succeed with nothing': ['(e, context) => context.succeed()'],
  fail: ["(e, context) => context.fail(new TypeError('failed'))", failed],
  done: ["(e, context) => context.done(null, 'done')"],
  'done with an error': ["(e, context) => context.done(new TypeError('done'))", failed],
  'taken off the context': ["(e, { succeed }) => succeed('detached')"],
  'empty event loop': [
    "(e, c, callback) => { setTimeout(() => console.log('a timer'), 20); callback(null, 'after the timer'); }",
  ],
  'not waiting for the event loop': [
    "(e, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 20); callback(null, 'at once'); }",
  ],
  'waiting again': [
    "(e, context, callback) => { context.callbackWaitsForEmptyEventLoop = true; setTimeout(() => console.log('a timer'), 20); callback(null, 'after the timer'); }",
  ],
  'what the context says': [
    '(e, context, callback) => { const before = context.callbackWaitsForEmptyEventLoop; context.callbackWaitsForEmptyEventLoop = 0; callback(null, [before, context.callbackWaitsForEmptyEventLoop, Object.keys(context).sort()]); }',
  ],
  forgotten: ['() => {}'],
  'forgotten with a timer': ["() => { setTimeout(() => console.log('a timer'), 10); }"],
  'a promise beside': [
    "(e, c, callback) => { callback(null, 'called'); return Promise.resolve('promised'); }",
  ],
  'a promise first': [
    "(e, c, callback) => { setTimeout(() => callback(null, 'called'), 15); return Promise.resolve('promised'); }",
  ],
  'a rejection beside': [
    "(e, c, callback) => { callback(null, 'called'); return Promise.reject(new Error('rejected')); }",
  ],
  'a promise only': ["() => new Promise((resolve) => setTimeout(resolve, 5, 'promised'))"],
  'a throw': ["() => { throw new RangeError('thrown'); }", failed],
  'a throw later, caught': [
    "(e, c, callback) => { setTimeout(() => { try { throw new Error('later'); } catch (error) { callback(error); } }, 2); }",
    failed,
  ],
  'deep down': [
    "(e, c, callback) => { const deep = (n) => { if (n === 0) callback(new Error('deep')); else deep(n - 1); }; deep(30); }",
    failed,
  ],
  nested: [
    "(e, c, callback) => { process.nextTick(() => setImmediate(() => Promise.resolve().then(() => callback(null, 'nested')))); }",
  ],
};

function failed(event: unknown): Run {
  return { event, gives: { kind: 'error' }, report: 'failed' };
}

function answersSomething(event: unknown): Run {
  return answers(undefined, event);
}

const table = Object.entries(ways).map(([name, [source]]) => `${JSON.stringify(name)}: ${source}`);
const runs = Object.entries(ways).map(([way, [, run = answersSomething]]) => run({ way }));

export const callbacks: readonly Shape[] = [
  {
    ...commonJs(
      'every way to answer without a promise',
      `const ways = {${table.join(',\n')}};\nexports.handler = ${body};`,
      ...runs,
    ),
    runtimes: onNode22,
  },
  {
    ...commonJs(
      'a callback handler with a name',
      "exports.handler = function ask(event, context, callback) { if (event.fails) callback(new Error('asked')); else callback(null, 'answered'); };",
      answers('"answered"'),
      fails('Error', { fails: true }),
    ),
    runtimes: onNode22,
  },
];
