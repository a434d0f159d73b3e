/** Handlers as bundlers and compilers emit them, with Middy too. */
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { answers, fails, type Run, type Shape } from './shape.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

const agent = `import { setTimeout as sleep } from 'node:timers/promises';
class QuotaError extends Error { name = 'QuotaError'; }
async function ask({ question, fails }) {
  await sleep(1);
  if (fails) throw new QuotaError('no tokens left');
  return 'answer to ' + question;
}
export const handler = async (event) => ask(event);
export default { handler };
`;
const answered: readonly Run[] = [
  answers('"answer to why?"', { question: 'why?' }),
  fails('QuotaError', { question: 'why?', fails: true }),
];

const middleware = (version: 6 | 7): string => `import middy from 'middy${version}';
const handler = middy(async ({ fails }, context) => {
  if (fails) throw new RangeError('in the handler');
  return 'from middy ' + typeof context;
})
  .use({ before: (request) => { request.context.before = true; if (request.event.early) return 'early'; } })
  .use({ after: (request) => { request.response += ', after'; } })
  .use({ onError: (request) => { if (request.event.fails === 'kindly') request.response = 'recovered'; } });
export { handler };
`;
const throughMiddy: readonly Run[] = [
  answers('"from middy object, after"', {}),
  answers('"early"', { early: true }),
  answers('"recovered"', { fails: 'kindly' }),
  fails('RangeError', { fails: true }),
];

function esbuild(source: string, format: 'cjs' | 'esm', minify = false): string {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: repository },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format,
    minify,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** The output format of webpack for `libraryTarget: 'commonjs2'`. */
const webpack = `(() => {
  'use strict';
  var __webpack_modules__ = {
    42: (__unused, exports, __webpack_require__) => {
      __webpack_require__.r(exports);
      __webpack_require__.d(exports, { handler: () => handler, default: () => fallback });
      const handler = async ({ question, fails }) => {
        if (fails) throw Object.assign(new Error('no tokens left'), { name: 'QuotaError' });
        return 'answer to ' + question;
      };
      const fallback = { handler };
    },
  };
  var cache = {};
  function __webpack_require__(id) {
    if (cache[id] !== undefined) return cache[id].exports;
    var module = (cache[id] = { exports: {} });
    __webpack_modules__[id](module, module.exports, __webpack_require__);
    return module.exports;
  }
  __webpack_require__.d = (exports, definition) => {
    for (var key in definition)
      Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
  };
  __webpack_require__.r = (exports) => {
    Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
    Object.defineProperty(exports, '__esModule', { value: true });
  };
  module.exports = __webpack_require__(42);
})();
`;

/** The output of TypeScript for `"module": "commonjs"`, for ES2022 and for ES2015 with helpers. */
const typescript = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.handler = void 0;
class QuotaError extends Error {
    name = 'QuotaError';
}
const handler = async ({ question, fails }) => {
    if (fails)
        throw new QuotaError('no tokens left');
    return 'answer to ' + question;
};
exports.handler = handler;
exports.default = { handler: exports.handler };
//# sourceMappingURL=index.js.map
`;
const downlevelled = `"use strict";
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.handler = handler;
function handler(event) {
    return __awaiter(this, void 0, void 0, function* () {
        yield null;
        if (event.fails)
            throw Object.assign(new Error('no tokens left'), { name: 'QuotaError' });
        return 'answer to ' + event.question;
    });
}
`;

export const bundles: readonly Shape[] = [
  { name: 'esbuild, CommonJS', files: { 'index.js': esbuild(agent, 'cjs') }, runs: answered },
  {
    name: 'esbuild, CommonJS, minified',
    files: { 'dist/index.cjs': esbuild(agent, 'cjs', true) },
    handler: 'dist/index.handler',
    runs: answered,
  },
  { name: 'esbuild, ES module', files: { 'index.mjs': esbuild(agent, 'esm') }, runs: answered },
  {
    name: 'esbuild, ES module, minified',
    files: { 'index.mjs': esbuild(agent, 'esm', true) },
    runs: answered,
  },
  { name: 'webpack, CommonJS', files: { 'index.js': webpack }, runs: answered },
  { name: 'TypeScript to CommonJS', files: { 'index.js': typescript }, runs: answered },
  { name: 'TypeScript to ES2015', files: { 'index.js': downlevelled }, runs: answered },
  ...([6, 7] as const).flatMap((version): Shape[] => [
    {
      name: `Middy ${version}, ES module`,
      files: { 'index.mjs': esbuild(middleware(version), 'esm') },
      runs: throughMiddy,
    },
    {
      name: `Middy ${version}, CommonJS`,
      files: { 'index.js': esbuild(middleware(version), 'cjs') },
      runs: throughMiddy,
    },
  ]),
];
