/** What a function can see of the process that it runs in, and what it says there. */
import { answers, commonJs, esModule, fails, type Shape } from './shape.ts';

/** `PWD` is there in Lambda without the layer, too: it starts functions by a shell. */
const documented = "['AWS_LAMBDA_EXEC_WRAPPER', 'XPANDER_NEXT_EXEC_WRAPPER', 'PWD']";

export const surroundings: readonly Shape[] = [
  esModule(
    'the environment',
    `const atLoad = { ...process.env };
const shown = (variables) => Object.entries(variables).filter(([name]) => !${documented}.includes(name) && name !== '_X_AMZN_TRACE_ID').sort();
export const handler = async () => [shown(atLoad), shown(process.env)];`,
    answers(),
    answers(),
  ),
  esModule(
    'the handler by its name',
    'const atLoad = process.env._HANDLER; export const handler = async () => [atLoad, process.env._HANDLER, process.env.LAMBDA_TASK_ROOT];',
    answers(),
  ),
  {
    name: 'the handler by its name, in a nested folder',
    files: { 'src/agents/index.js': 'exports.a = { b: async () => process.env._HANDLER };' },
    handler: 'src/agents/index.a.b',
    runs: [answers('"src/agents/index.a.b"')],
  },
  esModule(
    'the command line',
    'export const handler = async () => [process.argv, process.title, process.argv0];',
    answers(),
  ),
  esModule(
    'flags of Node.js',
    'const atLoad = [...process.execArgv]; export const handler = async () => [atLoad, process.execArgv];',
    answers(),
  ),
  esModule(
    'the working folder and umask',
    'export const handler = async () => [process.cwd(), process.umask()];',
    answers(),
  ),
  commonJs(
    'where the module is',
    'exports.handler = async () => [__filename, __dirname, module.id, module.filename, module.loaded, require.main === module, typeof require.main, module.parent?.filename ?? String(module.parent), module.children.length, module.paths[0]];',
    answers(),
  ),
  commonJs(
    'what is in the cache of modules',
    'exports.handler = async () => Object.keys(require.cache);',
    answers(),
  ),
  esModule(
    'where the ES module is',
    "export const handler = async () => [import.meta.url, import.meta.filename, import.meta.dirname, import.meta.main ?? null, import.meta.resolve('node:fs')];",
    answers(),
  ),
  esModule(
    'globals',
    'const atLoad = Object.getOwnPropertyNames(globalThis).sort(); export const handler = async () => [atLoad, Object.getOwnPropertyNames(globalThis).sort()];',
    answers(),
  ),
  esModule(
    'listeners of the process that change what it does',
    "export const handler = async () => ['uncaughtException', 'SIGTERM', 'SIGINT', 'warning', 'rejectionHandled', 'message'].map((name) => process.listenerCount(name));",
    answers(),
  ),
  esModule(
    'intrinsics are as Node.js has them',
    `import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
const native = (value) => /\\[native code\\]/.test(Function.prototype.toString.call(value));
export const handler = async () => [native(Promise), native(Promise.prototype.then), native(globalThis.setTimeout), native(JSON.stringify), native(Error), typeof Error.prepareStackTrace, Object.keys(http).length, typeof AsyncLocalStorage];`,
    answers(),
  ),
  esModule(
    'functions that patch themselves',
    'export const handler = async () => [fetch.name, fetch.length, console.log.name, process.exit.name, process.emit.name, process.on.name, process.stdout.write.name];',
    answers(),
  ),
  esModule(
    'the context',
    'export const handler = async (event, context) => [Object.keys(context).sort(), Object.getPrototypeOf(context) === Object.prototype, { ...context, xRayTraceId: undefined }, context.getRemainingTimeInMillis() > 1000, Object.getOwnPropertyDescriptors(context).awsRequestId, Object.isFrozen(context)];',
    answers(),
  ),
  esModule(
    'properties that the handler puts on its context',
    'const seen = []; export const handler = async (event, context) => { seen.push(context.mine === undefined); context.mine = 1; delete context.functionName; return [seen, context.mine]; };',
    answers(),
    answers(),
  ),
  esModule(
    'the current request in the invoke store',
    'export const handler = async (event, { awsRequestId }) => { const store = await globalThis.awslambda?.InvokeStore?.getInstanceAsync?.(); return store === undefined ? null : Object.keys(store); };',
    answers(),
  ),
  esModule(
    'console output',
    `console.log('at load', 1); console.error('at load'); console.warn('%s %d', 'at load', 2); console.debug({ a: 1 }); console.info(new Error('logged').message);
export const handler = async (event) => { console.log('line', event); await null; console.error(new TypeError('shown')); console.table([1]); process.stdout.write('raw out\\n'); await null; console.log('several\\nlines'); return 1; };`,
    answers('1'),
    answers('1'),
  ),
  {
    ...esModule(
      'console output in JSON',
      "console.log('at load'); export const handler = async (event) => { console.log('line', { event }); await null; console.error('failed', new TypeError('shown')); throw new RangeError('in JSON'); };",
      fails('RangeError'),
    ),
    environment: { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'INFO' },
  },
  esModule(
    'raw stderr',
    "process.stderr.write('at load\\n'); export const handler = async () => { process.stderr.write('in the handler\\n'); return 1; };",
    answers('1'),
  ),
  esModule(
    'warnings of Node.js',
    "process.emitWarning('at load'); export const handler = async () => { process.emitWarning('in the handler', { code: 'MINE' }); await new Promise(setImmediate); return 1; };",
    answers('1'),
  ),
  esModule(
    'its own AsyncLocalStorage',
    `import { AsyncLocalStorage } from 'node:async_hooks';
const store = new AsyncLocalStorage(); store.enterWith('at load');
export const handler = async () => [store.getStore() ?? null, await store.run('inner', async () => { await null; return store.getStore(); })];`,
    answers(),
  ),
  esModule(
    'a child process that it starts',
    `import { execFileSync } from 'node:child_process';
export const handler = async () => execFileSync(process.execPath, ['-p', '[process.env._HANDLER, process.execArgv.length, Object.keys(process.env).filter((name) => /^XPANDER_LAMBDA/.test(name)).length].join()']).toString();`,
    answers(),
  ),
  esModule(
    'a forked process',
    `import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
export const handler = async () => { const file = tmpdir() + '/child.cjs'; writeFileSync(file, 'process.send([process.env._HANDLER, process.execArgv])'); return new Promise((resolve) => { fork(file).on('message', resolve); }); };`,
    answers(),
  ),
  esModule(
    'module hooks of its own',
    `import { registerHooks } from 'node:module';
const seen = []; registerHooks({ resolve(specifier, context, next) { seen.push(specifier); return next(specifier, context); } });
await import('./late.mjs').catch(() => {});
export const handler = async () => seen;`,
    answers('["./late.mjs"]'),
  ),
];
