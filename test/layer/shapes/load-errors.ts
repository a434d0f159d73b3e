/** Functions that fail or exit while they are loaded. */
import {
  answers,
  commonJs,
  doesNotLoad,
  esModule,
  exitsAtLoad,
  fails,
  onEach,
  type Shape,
} from './shape.ts';

const fine = "exports.handler = async () => 'fine';";
const malformed = doesNotLoad('Runtime.MalformedHandlerName');
const notFound = doesNotLoad('Runtime.HandlerNotFound');
const notThere = doesNotLoad('Runtime.ImportModuleError');
const syntaxError = doesNotLoad('Runtime.UserCodeSyntaxError');
const isFolder = { 'nodejs24.x': [doesNotLoad('Error')], 'nodejs22.x': [answers('"fine"')] };

function named(handler: string, shape: Omit<Shape, 'name' | 'handler'>): Shape {
  return { name: `handler ${handler}`, handler, ...shape };
}

export const loadErrors: readonly Shape[] = [
  named('index', { files: { 'index.js': fine }, runs: [malformed] }),
  named('src/index', { files: { 'src/index.js': fine }, runs: [malformed] }),
  named('../index.handler', { files: { 'index.js': fine }, runs: [malformed] }),
  named('index..handler', { files: { 'index.js': fine }, runs: [malformed] }),
  named('.handler', {
    files: { 'index.js': fine },
    runs: { 'nodejs24.x': [doesNotLoad('Error')], 'nodejs22.x': [answers('"fine"')] },
  }),
  named('index.', { files: { 'index.js': fine }, runs: [notFound] }),
  named('src/', { files: { 'index.js': fine }, runs: [malformed] }),
  named('missing.handler', { files: { 'index.js': fine }, runs: [notThere] }),
  named('src/missing.handler', { files: { 'index.js': fine }, runs: [notThere] }),
  named('index.js.handler', { files: { 'index.js': fine }, runs: [notFound] }),
  named('node:fs.readFileSync', { files: {}, runs: [fails('TypeError')] }),
  named('fs.existsSync', {
    files: {},
    runs: { 'nodejs24.x': [answers('false')], 'nodejs22.x': [answers('null')] },
  }),
  {
    name: 'a .ts file',
    files: { 'index.ts': 'export const handler = async () => 1;' },
    runs: [notThere],
  },
  { name: 'a folder in place of the file', files: { 'index/index.js': fine }, runs: isFolder },
  { name: 'a folder beside the file', files: { 'index/': '', 'index.js': fine }, runs: isFolder },
  {
    name: 'a package.json that cannot be read',
    files: { 'index.js': fine, 'package.json': '{ not JSON' },
    runs: [doesNotLoad('Error')],
  },
  {
    name: 'a package.json of the folder above that cannot be read',
    files: { 'src/index.js': fine, 'package.json': '{ not JSON' },
    handler: 'src/index.handler',
    runs: [doesNotLoad('Error')],
  },
  commonJs(
    'a missing module',
    "require('no-such-package'); exports.handler = async () => 1;",
    notThere,
  ),
  commonJs(
    'a missing file',
    "require('./no-such-file'); exports.handler = async () => 1;",
    notThere,
  ),
  {
    name: 'CommonJS: a missing module, required by another one',
    files: {
      'index.js': "require('./tools'); exports.handler = async () => 1;",
      'tools.js': "exports.load = () => require('no-such-package'); exports.load();",
    },
    runs: [notThere],
  },
  esModule(
    'a missing package',
    "import 'no-such-package'; export const handler = async () => 1;",
    doesNotLoad('Error'),
  ),
  esModule(
    'a missing file',
    "import './no-such-file.mjs'; export const handler = async () => 1;",
    doesNotLoad('Error'),
  ),
  esModule(
    'a missing package by a dynamic import',
    "await import('no-such-package'); export const handler = async () => 1;",
    doesNotLoad('Error'),
  ),
  esModule(
    'a missing export of another module',
    "import { nothing } from 'node:fs'; export const handler = async () => nothing;",
    syntaxError,
  ),
  commonJs('a syntax error', 'exports.handler = async () => {{ 1;', syntaxError),
  esModule('a syntax error', 'export const handler = async () => {{ 1;', syntaxError),
  {
    name: 'a syntax error in another module',
    files: { 'index.js': "require('./tools');", 'tools.js': 'const = 1;' },
    runs: [syntaxError],
  },
  commonJs('JSON that is none', "JSON.parse('{');", syntaxError),
  {
    name: 'ES module syntax without a package.json that says so',
    files: { 'index.js': 'export const handler = async () => 1;' },
    runs: { 'nodejs24.x': [answers('1')], 'nodejs22.x': [syntaxError] },
  },
  {
    name: 'CommonJS in an ES module',
    files: { 'index.mjs': fine },
    runs: [doesNotLoad('ReferenceError')],
  },
  {
    name: 'CommonJS that requires an ES module',
    files: { 'index.js': "require('./late.mjs');", 'late.mjs': 'export default 1;' },
    runs: [doesNotLoad('Error')],
  },
  esModule('throws', "throw new RangeError('at load');", doesNotLoad('RangeError')),
  commonJs('throws', "throw new RangeError('at load');", doesNotLoad('RangeError')),
  commonJs(
    'throws deeply',
    'const deep = (n) => { if (n === 0) throw new Error("deep down"); deep(n - 1); }; deep(20);',
    doesNotLoad('Error'),
  ),
  {
    name: 'throws in another module',
    files: {
      'index.mjs': "import './tools.mjs'; export const handler = 1;",
      'tools.mjs': "export const x = (() => { throw new TypeError('tools'); })();",
    },
    runs: [doesNotLoad('TypeError')],
  },
  esModule(
    'throws a subclass with fields',
    "class ConfigError extends Error { name = 'ConfigError'; code = 'NO_KEY'; } throw new ConfigError('at load', { cause: new Error('why') });",
    doesNotLoad('ConfigError'),
  ),
  esModule('throws a text', "throw 'only a text';", doesNotLoad('string')),
  commonJs('throws a text', "throw 'only a text';", doesNotLoad('string')),
  commonJs('throws an object', 'throw { code: 42 };', doesNotLoad('object')),
  commonJs(
    'throws a frozen error',
    "throw Object.freeze(new Error('frozen'));",
    doesNotLoad('Error'),
  ),
  esModule(
    'throws a frozen error',
    "throw Object.freeze(new Error('frozen'));",
    doesNotLoad('Error'),
  ),
  onEach(esModule('throws null', 'throw null;'), doesNotLoad('object'), doesNotLoad('TypeError')),
  onEach(
    commonJs('throws undefined', 'throw undefined;'),
    doesNotLoad('undefined'),
    doesNotLoad('TypeError'),
  ),
  esModule(
    'a top-level await that is rejected',
    "await Promise.reject(new RangeError('no settings'));",
    doesNotLoad('RangeError'),
  ),
  esModule(
    'a top-level await that is rejected later',
    "import { setTimeout as sleep } from 'node:timers/promises'; await sleep(5); throw new RangeError('late');",
    doesNotLoad('RangeError'),
  ),
  onEach(
    esModule(
      'a top-level await that never ends',
      'await new Promise(() => {}); export const handler = async () => 1;',
    ),
    exitsAtLoad(0),
    exitsAtLoad(13),
  ),
  esModule('process.exit', 'process.exit(4);', exitsAtLoad(4)),
  commonJs('process.exit', 'process.exit(0);', exitsAtLoad(0)),
  commonJs(
    'an exit code of its own and a throw',
    "process.exitCode = 9; throw new Error('at load');",
    doesNotLoad('Error'),
  ),
  onEach(
    esModule(
      'an unhandled rejection before a top-level await',
      "import { setTimeout as sleep } from 'node:timers/promises'; Promise.reject(new RangeError('nobody hears')); await sleep(20); export const handler = async () => 1;",
    ),
    exitsAtLoad(1),
    doesNotLoad('Runtime.UnhandledPromiseRejection'),
  ),
  onEach(
    esModule(
      'an uncaught error before a top-level await',
      "import { setTimeout as sleep } from 'node:timers/promises'; setTimeout(() => { throw new RangeError('in a timer'); }); await sleep(20); export const handler = async () => 1;",
    ),
    exitsAtLoad(1),
    doesNotLoad('RangeError'),
  ),
  commonJs(
    'says something, then throws',
    "console.log('loading'); console.error('badly'); process.stdout.write('raw\\n'); throw new Error('at load');",
    doesNotLoad('Error'),
  ),
  esModule(
    'Error.stackTraceLimit is raised, then it throws',
    "Error.stackTraceLimit = 50; const deep = (n) => { if (n === 0) throw new Error('deep'); deep(n - 1); }; deep(20);",
    doesNotLoad('Error'),
  ),
  esModule(
    'Error.prepareStackTrace is set, then it throws',
    "Error.prepareStackTrace = (error, sites) => 'custom ' + error.message + ' ' + sites[0]; throw new Error('at load');",
    doesNotLoad('Error'),
  ),
  esModule(
    'a property of its own on the global awslambda',
    'globalThis.awslambda.own = 1; export const handler = async () => Object.keys(globalThis.awslambda);',
    answers(),
  ),
];
