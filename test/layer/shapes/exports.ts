/** Ways to export a handler. */
import { answers, commonJs, doesNotLoad, esModule, fails, onEach, type Shape } from './shape.ts';

const notFound = 'Runtime.HandlerNotFound';

function withHandler(shape: Shape, handler: string): Shape {
  return { ...shape, handler };
}

/** Only version 4 of the runtime client searches the default export. */
function byDefault(shape: Shape, body: string): Shape {
  return onEach(shape, answers(body), doesNotLoad(notFound));
}

export const exported: readonly Shape[] = [
  withHandler(
    esModule(
      'nested exports',
      "export const agents = { weather: { handler: async () => 'nested' } };",
      answers('"nested"'),
    ),
    'index.agents.weather.handler',
  ),
  withHandler(
    commonJs(
      'nested exports',
      "exports.agents = { weather: { handler: async () => 'nested' } };",
      answers('"nested"'),
    ),
    'index.agents.weather.handler',
  ),
  withHandler(
    onEach(
      commonJs(
        'nested in a function',
        "exports.agent = function () {}; exports.agent.handler = async () => 'nested';",
      ),
      doesNotLoad(notFound),
      answers('"nested"'),
    ),
    'index.agent.handler',
  ),
  withHandler(
    onEach(
      commonJs('nested in a text', "exports.agent = 'text';"),
      doesNotLoad(notFound),
      answers('null'),
    ),
    'index.agent.trim',
  ),
  withHandler(
    commonJs(
      'a name that cannot be written as an identifier',
      "exports['my-handler'] = async () => 'odd name';",
      answers('"odd name"'),
    ),
    'index.my-handler',
  ),
  withHandler(
    esModule(
      'a name that cannot be written as an identifier',
      "const f = async () => 'odd name'; export { f as 'my handler' };",
      answers('"odd name"'),
    ),
    'index.my handler',
  ),
  byDefault(
    esModule('default export of an object', "export default { handler: async () => 'inner' };"),
    '"inner"',
  ),
  withHandler(
    esModule(
      'default export of a function',
      "export default async function agent() { return 'default'; }",
      answers('"default"'),
    ),
    'index.default',
  ),
  withHandler(
    esModule(
      'default export without a name',
      "export default async () => 'default';",
      answers('"default"'),
    ),
    'index.default',
  ),
  esModule(
    'named beside default, the named one counts',
    "export default { handler: async () => 'default' }; export const handler = async () => 'named';",
    answers('"named"'),
  ),
  esModule(
    'exported from another name',
    "async function run() { return 'renamed'; } export { run as handler };",
    answers('"renamed"'),
  ),
  {
    name: 'ES module: exported from another module',
    files: {
      'index.mjs': "export * from './agent.mjs'; export { default } from './agent.mjs';",
      'agent.mjs': "export const handler = async () => 'elsewhere'; export default 1;",
    },
    runs: [answers('"elsewhere"')],
  },
  esModule(
    'a binding that changes after the load',
    "export let handler = async () => 'first'; setTimeout(() => { handler = async () => 'second'; });",
    answers('"first"'),
    answers('"first"'),
  ),
  commonJs(
    'module.exports',
    "module.exports = { handler: async () => 'whole' };",
    answers('"whole"'),
  ),
  commonJs(
    'module.exports is a function with properties',
    "module.exports = () => {}; module.exports.handler = async () => 'on a function';",
    answers('"on a function"'),
  ),
  withHandler(
    onEach(
      commonJs('exports.default', "exports.default = async () => 'interop';"),
      doesNotLoad(notFound),
      answers('"interop"'),
    ),
    'index.default',
  ),
  commonJs(
    'exports.default of an object',
    "exports.default = { handler: async () => 'inner' };",
    doesNotLoad(notFound),
  ),
  commonJs(
    '__esModule',
    "Object.defineProperty(exports, '__esModule', { value: true }); exports.handler = async () => 'compiled';",
    answers('"compiled"'),
  ),
  commonJs(
    '__esModule, the handler in its default',
    "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { handler: async () => 'x' };",
    doesNotLoad(notFound),
  ),
  commonJs(
    'frozen',
    "module.exports = Object.freeze({ handler: Object.freeze(async () => 'frozen') });",
    answers('"frozen"'),
  ),
  commonJs(
    'not configurable, not writable',
    "Object.defineProperty(exports, 'handler', { value: async () => 'fixed', enumerable: true });",
    answers('"fixed"'),
  ),
  commonJs(
    'not enumerable',
    "Object.defineProperty(exports, 'handler', { value: async () => 'hidden' });",
    answers('"hidden"'),
  ),
  commonJs(
    'a getter',
    'let reads = 0; module.exports = { get handler() { reads += 1; const now = reads; return async () => now > 0; } };',
    answers('true'),
  ),
  commonJs(
    'a getter that counts how often it is read',
    'let reads = 0; module.exports = { get handler() { reads += 1; return async () => reads; } };',
    answers(),
  ),
  commonJs(
    'a getter that throws',
    "module.exports = { get handler() { throw new RangeError('not ready'); } };",
    doesNotLoad('RangeError'),
  ),
  commonJs(
    'a proxy',
    "module.exports = new Proxy({}, { get: (_, key) => (key === 'handler' ? async () => 'proxied' : undefined) });",
    answers('"proxied"'),
  ),
  onEach(
    commonJs(
      'the handler is a proxy',
      "exports.handler = new Proxy(async () => 'target', { apply: async (target, self, parameters) => 'trapped ' + parameters.length + ' ' + (await Reflect.apply(target, self, parameters)) });",
    ),
    answers('"trapped 2 target"'),
    answers('"trapped 3 target"'),
  ),
  commonJs(
    'on the prototype',
    "class Agent { async handler() { return 'inherited'; } } module.exports = new Agent();",
    answers('"inherited"'),
  ),
  commonJs(
    'a bound method',
    "class Agent { #model = 'small'; async run() { return this.#model; } } const agent = new Agent(); exports.handler = agent.run.bind(agent);",
    answers('"small"'),
  ),
  esModule(
    'a class field',
    "class Agent { model = 'small'; handler = async () => this.model; } const agent = new Agent(); export const handler = agent.handler;",
    answers('"small"'),
  ),
  withHandler(
    esModule(
      'a method of an exported instance',
      'class Agent { async run() { return typeof this?.handler; } } export const agent = new Agent();',
      answers(),
    ),
    'index.agent.run',
  ),
  withHandler(
    onEach(
      esModule('a static method', "export class Agent { static async run() { return 'static'; } }"),
      doesNotLoad(notFound),
      answers('"static"'),
    ),
    'index.Agent.run',
  ),
  commonJs('a class', 'exports.handler = class Agent {};', fails('TypeError')),
  esModule('undefined', 'export const handler = undefined;', doesNotLoad(notFound)),
  esModule('null', 'export const handler = null;', doesNotLoad(notFound)),
  esModule('a number', 'export const handler = 42;', doesNotLoad(notFound)),
  esModule('an object', 'export const handler = { run() {} };', doesNotLoad(notFound)),
  esModule(
    'a promise of a handler',
    'export const handler = Promise.resolve(async () => 1);',
    doesNotLoad(notFound),
  ),
  esModule('another name', 'export const agent = async () => 1;', doesNotLoad(notFound)),
  commonJs('another name', 'exports.agent = async () => 1;', doesNotLoad(notFound)),
  esModule('nothing', '', doesNotLoad(notFound)),
  commonJs('nothing', '', doesNotLoad(notFound)),
  commonJs('a text as the whole', "module.exports = 'text';", doesNotLoad(notFound)),
  commonJs('null as the whole', 'module.exports = null;', doesNotLoad(notFound)),
];
