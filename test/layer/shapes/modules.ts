/** Where the runtime finds a module and which module system it uses. */
import { answers, doesNotLoad, type Run, type Shape } from './shape.ts';

const asEsModule = `import { sep } from 'node:path';
export const handler = async () => 'an ES module' + sep;
`;
const asCommonJs = `const { sep } = require('node:path');
exports.handler = async () => 'CommonJS' + sep;
`;
const esModule: readonly Run[] = [answers('"an ES module/"')];
const commonJs: readonly Run[] = [answers('"CommonJS/"')];
const typeModule = '{ "type": "module" }';
const typeCommonJs = '{ "type": "commonjs" }';

const topLevelAwait = `import { setTimeout as sleep } from 'node:timers/promises';
await sleep(10);
const model = await Promise.resolve('model');
export const handler = async () => model;
`;

export const modules: readonly Shape[] = [
  { name: 'no package.json, index.js', files: { 'index.js': asCommonJs }, runs: commonJs },
  {
    name: 'package.json without a type, index.js',
    files: { 'index.js': asCommonJs, 'package.json': '{ "name": "agent" }' },
    runs: commonJs,
  },
  {
    name: '"type": "commonjs", index.js',
    files: { 'index.js': asCommonJs, 'package.json': typeCommonJs },
    runs: commonJs,
  },
  {
    name: '"type": "module", index.js',
    files: { 'index.js': asEsModule, 'package.json': typeModule },
    runs: esModule,
  },
  { name: 'index.mjs', files: { 'index.mjs': asEsModule }, runs: esModule },
  { name: 'index.cjs', files: { 'index.cjs': asCommonJs }, runs: commonJs },
  {
    name: '"type": "module", index.cjs',
    files: { 'index.cjs': asCommonJs, 'package.json': typeModule },
    runs: commonJs,
  },
  {
    name: '"type": "commonjs", index.mjs',
    files: { 'index.mjs': asEsModule, 'package.json': typeCommonJs },
    runs: esModule,
  },
  {
    name: 'ES modules within CommonJS, by a package.json of the folder',
    files: {
      'package.json': typeCommonJs,
      'src/agents/package.json': typeModule,
      'src/agents/index.js': asEsModule,
    },
    handler: 'src/agents/index.handler',
    runs: esModule,
  },
  {
    name: 'CommonJS within ES modules, by a package.json of the folder',
    files: {
      'package.json': typeModule,
      'src/agents/package.json': typeCommonJs,
      'src/agents/index.js': asCommonJs,
    },
    handler: 'src/agents/index.handler',
    runs: commonJs,
  },
  {
    name: 'a package.json that is null',
    files: { 'index.js': asCommonJs, 'package.json': 'null' },
    runs: [doesNotLoad('Error')],
  },
  {
    name: 'index.js before index.mjs and index.cjs',
    files: { 'index.js': asCommonJs, 'index.mjs': asEsModule, 'index.cjs': asCommonJs },
    runs: commonJs,
  },
  {
    name: 'index.mjs before index.cjs',
    files: { 'index.mjs': asEsModule, 'index.cjs': asCommonJs },
    runs: esModule,
  },
  {
    name: 'a file without a suffix before all',
    files: { index: "exports.handler = async () => 'bare';", 'index.mjs': asEsModule },
    runs: [answers('"bare"')],
  },
  {
    name: 'CommonJS that exports nothing falls through on Node.js 22',
    files: { 'index.js': 'module.exports = null;', 'index.mjs': asEsModule },
    runs: esModule,
    runtimes: ['nodejs22.x'],
  },
  { name: 'top-level await', files: { 'index.mjs': topLevelAwait }, runs: [answers('"model"')] },
  {
    name: 'top-level await in index.js',
    files: { 'index.js': topLevelAwait, 'package.json': typeModule },
    runs: [answers('"model"')],
  },
  {
    name: 'a nested folder',
    files: { 'src/agents/weather/index.js': asCommonJs },
    handler: 'src/agents/weather/index.handler',
    runs: commonJs,
  },
  {
    name: 'a folder whose name contains that of the file',
    files: { 'index.handler.d/index.mjs': asEsModule },
    handler: 'index.handler.d/index.handler',
    // The runtime searches the name from the left and finds it in the folder's name.
    runs: [doesNotLoad('Runtime.ImportModuleError')],
  },
  {
    name: 'a name that begins with ./',
    files: { 'src/index.js': asCommonJs },
    handler: './src/index.handler',
    runs: commonJs,
  },
  {
    name: 'another file than index',
    files: { 'my-agent_1.mjs': asEsModule },
    handler: 'my-agent_1.handler',
    runs: esModule,
  },
  {
    name: 'a folder with blanks',
    files: { 'my agents/index.cjs': asCommonJs },
    handler: 'my agents/index.handler',
    runs: commonJs,
  },
  {
    name: 'a folder with a percent sign',
    files: { '100%/index.cjs': asCommonJs },
    handler: '100%/index.handler',
    runs: { 'nodejs24.x': [doesNotLoad('URIError')], 'nodejs22.x': commonJs },
  },
  {
    name: 'a folder with a hash',
    files: { 'c#/index.cjs': asCommonJs },
    handler: 'c#/index.handler',
    runs: { 'nodejs24.x': [doesNotLoad('Error')], 'nodejs22.x': commonJs },
  },
  {
    name: 'a package in node_modules',
    files: {
      'node_modules/agent/package.json': '{ "name": "agent", "main": "./lib/main.js" }',
      'node_modules/agent/lib/main.js': asCommonJs,
    },
    handler: 'agent.handler',
    runs: commonJs,
  },
  {
    name: 'a package in node_modules of a nested folder',
    files: {
      'src/node_modules/agent/index.js': asCommonJs,
    },
    handler: 'src/agent.handler',
    runs: commonJs,
    // Version 4 searches ./src, which is relative to another folder than the function's.
    runtimes: ['nodejs24.x'],
  },
  {
    name: 'a module of the function found through NODE_PATH',
    files: { 'shared/agent.js': asCommonJs },
    handler: 'agent.handler',
    environment: { NODE_PATH: './shared' },
    runs: commonJs,
  },
  {
    name: 'modules that import each other in both kinds',
    files: {
      'index.mjs': `import tools, { search } from './tools.cjs';
import settings from './settings.json' with { type: 'json' };
export const handler = async () => [search(), Object.keys(tools), settings.model];
`,
      'tools.cjs': `exports.search = () => 'found'; exports.load = () => import('./late.mjs');`,
      'settings.json': '{ "model": "small" }',
    },
    runs: [answers('["found",["search","load"],"small"]')],
  },
  {
    name: 'CommonJS that imports an ES module when it is called',
    files: {
      'index.js': "exports.handler = async () => (await import('./late.mjs')).default;",
      'late.mjs': "export default 'late';",
    },
    runs: [answers('"late"')],
  },
  {
    name: 'a cycle of CommonJS modules through the entry',
    files: {
      'index.js': `exports.early = 'early';
const other = require('./other.js');
exports.handler = async () => other.seen;
`,
      'other.js': "exports.seen = Object.keys(require('./index.js'));",
    },
    runs: [answers('["early"]')],
  },
];
