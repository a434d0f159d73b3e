/** Invocations that end without a response, and state that one leaves to the next. */
import {
  answers,
  commonJs,
  esModule,
  exits,
  fails,
  onNode22,
  onNode24,
  type Run,
  type Shape,
} from './shape.ts';

function timesOut(event: unknown = {}): Run {
  return { event, gives: { kind: 'timeout' }, report: 'failed' };
}

/** The runtime responds with null if a promise can no longer settle. */
const unanswered: Run = { ...answers('null'), report: 'failed' };

const next = answers('"next"', { next: true });

/** The first event ends the process, the second one starts a new process. */
function ending(name: string, source: string, ...[node24, node22 = node24]: readonly Run[]): Shape {
  const shape = esModule(
    name,
    `export const handler = async (event) => { if (event.next) return 'next'; ${source} };`,
  );
  const both = (run: Run | undefined): Run[] => (run === undefined ? [next] : [run, next]);
  return { ...shape, runs: { 'nodejs24.x': both(node24), 'nodejs22.x': both(node22) } };
}

function rejected(errorType: string): Run {
  return fails(errorType);
}

export const endings: readonly Shape[] = [
  ending('process.exit(3)', 'process.exit(3);', exits(3)),
  ending('process.exit()', 'process.exit();', exits(0)),
  ending(
    'process.exit in a timer',
    'setTimeout(() => process.exit(4)); await new Promise(() => {});',
    exits(4),
  ),
  ending('process.abort', 'await null; process.abort();', { ...exits(0), gives: { kind: 'exit' } }),
  ending(
    'SIGKILL',
    "process.kill(process.pid, 'SIGKILL'); await new Promise((r) => setTimeout(r, 1000));",
    { ...exits(0), gives: { kind: 'exit' } },
  ),
  ending('an exit code only', "process.exitCode = 7; return 'answered';", answers('"answered"')),
  ending(
    'an unhandled rejection',
    "Promise.reject(new RangeError('nobody hears')); await new Promise((r) => setTimeout(r, 200));",
    exits(1),
    rejected('Runtime.UnhandledPromiseRejection'),
  ),
  ending(
    'an unhandled rejection of null',
    'Promise.reject(null); await new Promise((r) => setTimeout(r, 200));',
    exits(1),
    { ...rejected(''), gives: { kind: 'error' } },
  ),
  ending(
    'an error in a timer',
    "setTimeout(() => { throw new RangeError('in a timer'); }); await new Promise((r) => setTimeout(r, 200));",
    exits(1),
    rejected('RangeError'),
  ),
  ending(
    'an error event that nobody hears',
    "const { EventEmitter } = await import('node:events'); setImmediate(() => new EventEmitter().emit('error', new Error('unheard'))); await new Promise((r) => setTimeout(r, 200));",
    exits(1),
    rejected('Error'),
  ),
  ending('a promise that never settles', 'await new Promise(() => {});', exits(0), unanswered),
  // After a timeout the next invocation includes init, so the timeout must allow init and a delivery.
  {
    ...ending('a timeout', 'await new Promise((r) => setTimeout(r, 5000));', timesOut()),
    options: { timeoutMs: 2500 },
  },
  {
    ...ending('an endless loop', 'for (;;);', timesOut()),
    options: { timeoutMs: 2500 },
  },
  ending(
    'uncaughtException is heard',
    "process.on('uncaughtException', (error) => { console.log('heard', error.message); }); setTimeout(() => { throw new Error('caught'); }); await new Promise((r) => setTimeout(r, 20)); return 'survived';",
    answers('"survived"'),
    { ...answers(), gives: { kind: 'error' }, report: 'failed' },
  ),
  ending(
    'unhandledRejection is heard',
    "process.on('unhandledRejection', (error) => { console.log('heard', error.message); }); Promise.reject(new Error('caught')); await new Promise((r) => setTimeout(r, 20)); return 'survived';",
    answers('"survived"'),
    { ...answers(), gives: { kind: 'error' }, report: 'failed' },
  ),
  esModule(
    'an interval and a server that stay open',
    "import { createServer } from 'node:http'; setInterval(() => {}, 1000); createServer().listen(0); export const handler = async () => 'open';",
    answers('"open"'),
    answers('"open"'),
  ),
  esModule(
    'state that is kept',
    'let count = 0; const cache = new Map(); export const handler = async ({ key }) => { count += 1; cache.set(key, (cache.get(key) ?? 0) + 1); return [count, Object.fromEntries(cache)]; };',
    answers('[1,{"a":1}]', { key: 'a' }),
    answers('[2,{"a":1,"b":1}]', { key: 'b' }),
    answers('[3,{"a":2,"b":1}]', { key: 'a' }),
  ),
  esModule(
    'an event that is changed',
    'export const handler = async (event) => { event.list.push(4); delete event.gone; event.self = event; event.added = { deep: true }; return event.list; };',
    answers('[1,4]', { list: [1], gone: 1 }),
    answers('[2,4]', { list: [2], gone: 1 }),
  ),
  esModule(
    'an event that is frozen',
    'export const handler = async (event) => Object.isFrozen(Object.freeze(event));',
    answers('true', { a: 1 }),
  ),
  ...[null, 'text', 42, true, [], [{ a: 1 }], '', { toString: 1 }, { __proto__: 1 }].map((event) =>
    esModule(
      `the event ${JSON.stringify(event)}`,
      'export const handler = async (event) => [typeof event, event];',
      answers(JSON.stringify([event === null ? 'object' : typeof event, event]), event),
    ),
  ),
  esModule(
    'an answer and a failure in turns',
    "export const handler = async ({ fails }) => { if (fails) throw new Error('as asked'); return 'fine'; };",
    answers('"fine"'),
    fails('Error', { fails: true }),
    answers('"fine"'),
    fails('Error', { fails: true }),
  ),
  esModule(
    'work that goes on after the answer',
    "let late = 'not yet'; export const handler = async () => { const before = late; Promise.resolve().then(() => new Promise(setImmediate)).then(() => { late = 'done'; }); return before; };",
    answers(),
  ),
  {
    ...commonJs(
      'a callback that comes after a promise of an earlier run',
      "let kept; exports.handler = (event, context, callback) => { if (kept) { kept(null, 'stale'); } kept = callback; callback(null, event.n); };",
      answers('1', { n: 1 }),
      answers('2', { n: 2 }),
    ),
    runtimes: onNode22,
  },
  {
    ...esModule(
      'several at once on Managed Instances',
      "export const handler = async ({ n }) => { await new Promise((r) => setTimeout(r, 20)); if (n === 2) throw new RangeError('two'); return n; };",
      answers('1', { n: 1 }),
      fails('RangeError', { n: 2 }),
      answers('3', { n: 3 }),
      answers('4', { n: 4 }),
    ),
    runtimes: onNode24,
    options: { managedInstances: { maxConcurrency: 4, workers: 1 } },
  },
];
