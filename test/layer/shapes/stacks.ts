/** Stack traces that a handler looks at itself, and those of errors that leave it in another one. */
import {
  answers,
  commonJs,
  esModule,
  exits,
  fails,
  onNode24,
  type Run,
  type Shape,
} from './shape.ts';

/** The same thrown at once, thrown after an `await`, and logged by the handler. */
const moments: readonly Run[] = ['at once', 'later', 'logged', 'logged later'].map((moment) =>
  moment.startsWith('logged') ? answers('null', { moment }) : fails('Error', { moment }),
);
const body = `
  const { moment } = event;
  if (moment.endsWith('later')) await null;
  const error = new Error(moment);
  if (!moment.startsWith('logged')) throw error;
  console.error(error);
  console.log(error.stack);
  return null;
`;

/** A handler with a name of its own in the trace, by the way in which it is exported. */
const named: readonly Shape[] = [
  commonJs('exports.handler, an arrow', `exports.handler = async (event) => {${body}};`),
  commonJs('exports.handler, a function', `exports.handler = async function (event) {${body}};`),
  commonJs('another name', `async function ask(event) {${body}} exports.handler = ask;`),
  commonJs('a property of an object', `module.exports = { async handler(event) {${body}} };`),
  commonJs(
    'no name at all',
    `module.exports = { handler: [async (event) => {${body}}].find(Boolean) };`,
  ),
  commonJs(
    'an instance of a class',
    `class Agent { async handler(event) {${body}} } module.exports = new Agent();`,
  ),
  commonJs(
    'a class field',
    `class Agent { handler = async (event) => {${body}}; } module.exports = new Agent();`,
  ),
  commonJs(
    'a bound method',
    `class Agent { async ask(event) {${body}} } const agent = new Agent(); exports.handler = agent.ask.bind(agent);`,
  ),
  {
    ...commonJs('a nested property', `exports.agents = { weather: async (event) => {${body}} };`),
    handler: 'index.agents.weather',
  },
  esModule('exported function', `export async function handler(event) {${body}}`),
  esModule('exported constant', `export const handler = async (event) => {${body}};`),
  esModule('another name', `async function ask(event) {${body}} export { ask as handler };`),
  {
    ...esModule('a default', `export default { handler: async (event) => {${body}} };`),
    runtimes: onNode24,
  },
  {
    ...esModule('the default', `export default async function (event) {${body}}`),
    handler: 'index.default',
  },
  esModule(
    'a name that changes',
    `async function ask(event) {${body}} Object.defineProperty(ask, 'name', { value: 'renamed' }); export { ask as handler };`,
  ),
].map((shape) => ({ ...shape, name: `named by ${shape.name}`, runs: moments }));

const streamed: Shape = {
  ...esModule(
    'named by ES module: streamed',
    `async function ask(event, stream) {${body.replace('return null', "stream.end('null')")}}
export const handler = awslambda.streamifyResponse(ask);`,
  ),
  // Not a failure first: without a connection, version 4 of the runtime client may ask for the next
  // event before it has sent the error, and gets the same event again.
  runs: moments
    .toReversed()
    .map(({ event, report }) => ({ event, report, gives: { kind: 'response' } })),
};

/** Errors that an error holds; all of them are made before the first `await`. */
const holding = `
const inner = () => new Error('inner');
const holders = {
  details: () => Object.assign(new Error('outer'), { details: { errors: [inner(), { deeper: inner() }] } }),
  aggregate: () => new AggregateError([inner(), new Error('b', { cause: inner() })], 'both'),
  cycle: () => { const error = new Error('cycle'); error.self = { error, inner: inner() }; return error; },
  object: () => ({ name: 'Odd', message: 'odd', stack: 'none', inner: inner() }),
  captured: () => { const odd = new Error('captured'); odd.at = {}; Error.captureStackTrace(odd.at); odd.text = odd.at.stack; return odd; },
  proxy: () => Object.assign(new Error('proxy'), { inner: new Proxy(inner(), {}) }),
  text: () => new Error('text: ' + inner().stack),
};`;
const holders = ['details', 'aggregate', 'cycle', 'object', 'captured', 'proxy', 'text'];
const thrown = holders.map((holder): Run => {
  return { event: { holder }, gives: { kind: 'error' }, report: 'failed' };
});

/** What source-map-support and the like do. */
const ownPrepare = `
const seen = [];
Error.prepareStackTrace = (error, sites) => {
  seen.push(sites.length);
  return error + sites.map((site) => '\\n    at ' + site).join('');
};`;

export const stacks: readonly Shape[] = [
  ...named,
  streamed,
  esModule(
    'errors within errors',
    `${holding} export const handler = async ({ holder }) => { throw holders[holder](); };`,
    ...thrown,
  ),
  esModule(
    'errors within errors, where the code prepares stacks',
    `${holding}${ownPrepare} export const handler = async ({ holder }) => { throw holders[holder](); };`,
    ...thrown.filter(({ event }) => !['captured', 'proxy', 'text'].includes(Object(event).holder)),
  ),
  esModule(
    'call sites of code that prepares stacks',
    `${ownPrepare} export const handler = async ({ what }) => {
  if (what === 'seen') return seen;
  throw new Error('counted');
};`,
    fails('Error', { what: 'thrown' }),
    answers(undefined, { what: 'seen' }),
  ),
  esModule(
    'fields and a proxy that count how often they are read',
    `let reads = 0;
const counting = { get() { reads += 1; return undefined; }, ownKeys() { reads += 1; return []; }, getOwnPropertyDescriptor() { reads += 1; return undefined; } };
export const handler = async ({ count, prepares }) => {
  if (count) return reads;
  if (prepares) Error.prepareStackTrace = (error, sites) => String(error) + sites.length;
  throw Object.assign(new Error('counted'), { proxy: new Proxy({}, counting), details: { get stack() { reads += 1; return 'x'; } } });
};`,
    fails('Error', {}),
    answers(undefined, { count: true }),
    fails('Error', { prepares: true }),
    answers(undefined, { count: true }),
  ),
  esModule(
    'an error that is kept before the first await and logged in the next run',
    `let kept;
export const handler = async ({ log }) => { if (log) return void console.error(kept); kept = new Error('kept'); return null; };`,
    answers(undefined, {}),
    answers(undefined, { log: true }),
  ),
  esModule(
    'Error.prepareStackTrace as the handler sees it',
    `export const handler = async () => {
  const { value, ...flags } = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  return [typeof value, value.name, value.length, Object.keys(value), flags, Error.prepareStackTrace(new Error('direct'), ['a', 'b'])];
};`,
    answers(),
    answers(),
  ),
  ...Object.entries({
    'in a timer': 'setTimeout(() => { throw error; });',
    'in a tick': 'process.nextTick(() => { throw error; });',
    'as a rejection': 'void Promise.reject(error);',
  }).map(
    ([way, end]): Shape => ({
      ...esModule(
        `an error made before the first await ends the process ${way}`,
        `async function ask({ next }) {
  if (next) return null;
  const error = new Error('crash', { cause: new Error('why') });
  ${end}
  await new Promise(() => {});
}
export { ask as handler };`,
      ),
      runs: {
        'nodejs24.x': [exits(1), answers('null', { next: true })],
        'nodejs22.x': [{ ...exits(1), gives: { kind: 'error' } }, answers('null', { next: true })],
      },
    }),
  ),
];
