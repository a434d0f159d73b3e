/** How a handler is declared, and its own properties. */
import {
  answers,
  commonJs,
  doesNotLoad,
  esModule,
  onEach,
  onNode22,
  onNode24,
  type Shape,
} from './shape.ts';

const deprecated = doesNotLoad('Runtime.CallbackHandlerDeprecated');
/** Returns its parameters and its receiver. */
const count =
  "arguments.length + ' ' + typeof arguments[0] + ' ' + typeof arguments[1] + ' ' + typeof arguments[2]";

export const signatures: readonly Shape[] = [
  esModule('no parameter', `export async function handler() { return ${count}; }`, answers()),
  esModule('one parameter', `export async function handler(a) { return ${count}; }`, answers()),
  esModule('two parameters', `export async function handler(a, b) { return ${count}; }`, answers()),
  onEach(
    esModule('three parameters', `export async function handler(a, b, c) { return ${count}; }`),
    deprecated,
    answers(),
  ),
  onEach(
    esModule('four parameters', `export async function handler(a, b, c, d) { return ${count}; }`),
    deprecated,
    answers(),
  ),
  esModule(
    'a default for the third parameter',
    `export async function handler(a, b, c = 3) { return ${count}; }`,
    answers(),
  ),
  esModule(
    'rest parameters',
    `export async function handler(...all) { return all.length; }`,
    answers(),
  ),
  esModule(
    'a length of its own',
    `export async function handler(a, b, c) { return ${count}; }
Object.defineProperty(handler, 'length', { value: 2 });`,
    answers(),
  ),
  onEach(
    esModule(
      'a length that says three',
      `export async function handler() { return ${count}; }
Object.defineProperty(handler, 'length', { value: 3 });`,
    ),
    deprecated,
    answers(),
  ),
  esModule(
    'this of a strict function',
    'export async function handler() { return [typeof this, this?.constructor?.name, Object.keys(this ?? {}).sort()]; }',
    answers(),
  ),
  commonJs(
    'this of a sloppy function',
    'exports.handler = async function () { return [typeof this, this.constructor.name, this === globalThis]; };',
    answers(),
  ),
  commonJs(
    'this.handler is what the runtime calls',
    'exports.handler = async function () { return [typeof this.handler, this.handler.name, this.handler.length]; };',
    answers(),
  ),
  commonJs(
    'new.target, callee and caller',
    'exports.handler = async function () { return [new.target === undefined, typeof arguments.callee]; };',
    answers(),
  ),
  esModule(
    'properties and symbols of its own',
    `export const handler = Object.assign(async () => Object.keys(handler), { version: 1, [Symbol.for('mark')]: 2 });
Object.defineProperty(handler, 'name', { value: 'renamed' });`,
    answers('["version"]'),
  ),
  esModule(
    'no prototype and not extensible',
    "export const handler = Object.preventExtensions(Object.setPrototypeOf(async () => 'sealed', null));",
    answers('"sealed"'),
  ),
  commonJs(
    'the mark of streaming that is false',
    "exports.handler = Object.assign(async () => 'buffered', { [Symbol.for('aws.lambda.runtime.handler.streaming')]: false });",
    answers('"buffered"'),
  ),
  onEach(
    commonJs(
      'a mark of streaming that nobody knows',
      "exports.handler = Object.assign(async () => 'x', { [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'request' });",
    ),
    doesNotLoad('Runtime.MalformedStreamingHandler'),
    doesNotLoad('ReferenceError'),
  ),
  {
    ...commonJs(
      'the mark of streaming added after the load',
      "exports.handler = async () => 'buffered'; setImmediate(() => { exports.handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'response'; });",
      answers('"buffered"'),
    ),
  },
  {
    ...commonJs(
      'a handler that replaces itself',
      "let calls = 0; exports.handler = async () => { calls += 1; exports.handler = async () => 'replaced'; return calls; };",
      answers('1'),
      answers('2'),
    ),
  },
  {
    ...esModule(
      'a callback that is called beside a promise',
      "export const handler = async (event, context, callback) => { callback(null, 'by callback'); return 'by promise'; };",
      answers('"by callback"'),
    ),
    runtimes: onNode22,
  },
  {
    ...esModule(
      'a callback where there is none',
      'export const handler = async (...parameters) => typeof parameters[2];',
      answers('"undefined"'),
    ),
    runtimes: onNode24,
  },
];
