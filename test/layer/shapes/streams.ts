/** Streamed answers. */
import {
  answers,
  commonJs,
  esModule,
  type Gives,
  onEach,
  onNode22,
  type Run,
  type Shape,
} from './shape.ts';

function streams(body: string, event: unknown = {}): Run {
  return { event, gives: { kind: 'response', body }, report: 'completed' };
}

/** What was streamed until then counts as the answer. */
function breaks(event: unknown = {}, gives: Gives = { kind: 'response' }): Run {
  return { event, gives, report: 'failed' };
}

const timedOut: Run = { event: {}, gives: { kind: 'timeout' }, report: 'failed' };

/** Chosen by the event. */
const written: Readonly<Record<string, readonly [source: string, run: (event: unknown) => Run]>> = {
  writes: [
    "async (e, stream) => { for (const word of ['The ', 'answer']) { stream.write(word); await sleep(2); } stream.end(); }",
    (event) => streams('The answer', event),
  ],
  'ends with a text': [
    "async (e, stream) => { stream.end('all'); }",
    (event) => streams('all', event),
  ],
  'ends with nothing': ['async (e, stream) => { stream.end(); }', (event) => streams('', event)],
  'waits for finish': [
    "async (e, stream) => { stream.write('a'); stream.end('b'); await new Promise((resolve) => stream.on('finish', resolve)); }",
    (event) => streams('ab', event),
  ],
  bytes: [
    "async (e, stream) => { const buffer = Buffer.from('one'); stream.write(buffer); stream.write(new Uint8Array([0, 255, 10])); stream.end(); }",
    (event) => breaksNot(event),
  ],
  'an encoding and a callback': [
    "async (e, stream) => { await new Promise((resolve) => stream.write('aGk=', 'base64', resolve)); stream.end('!', 'utf8'); }",
    (event) => breaksNot(event),
  ],
  objects: [
    'async (e, stream) => { stream.write({ a: 1 }); stream.end(); }',
    (event) => breaksNot(event),
  ],
  'an object that counts how often it is read': [
    'async (e, stream) => { let reads = 0; stream.write({ get a() { reads += 1; return 1; }, get length() { reads += 10; return 1; } }); stream.write({ toJSON() { reads += 100; return { b: [new Date(0)] }; } }); stream.write(new Proxy({}, { get() { reads += 1000; } })); stream.end(String(reads)); }',
    (event) => breaksNot(event),
  ],
  'chunks that are no JSON': [
    "async (e, stream) => { const circle = {}; circle.circle = circle; for (const chunk of [circle, { n: 1n }, { toJSON() {} }, () => {}, Symbol('s'), null, undefined]) { try { stream.write(chunk); } catch (error) { stream.write(error.stack); } } stream.end(); }",
    (event) => breaksNot(event),
  ],
  'a chunk whose toJSON throws': [
    "async (e, stream) => { let calls = 0; try { stream.write({ toJSON() { calls += 1; throw new RangeError('no JSON'); } }); } catch (error) { stream.write(String(error)); } stream.end(String(calls)); }",
    (event) => streams('RangeError: no JSON1', event),
  ],
  'chunks for the end that are no text': [
    'async (e, stream) => { for (const chunk of [{ a: 1 }, 42]) { try { stream.end(chunk); } catch (error) { stream.write(error.stack); } } stream.end(); }',
    (event) => breaksNot(event),
  ],
  numbers: [
    'async (e, stream) => { for (const chunk of [1, 0, true, [1, [2]], new Map(), new Date(0)]) stream.write(chunk); stream.end(); }',
    (event) => breaksNot(event),
  ],
  'a subclass of bytes': [
    'async (e, stream) => { class Bytes extends Uint8Array {} stream.write(new Bytes([79, 75])); stream.write(new Uint16Array([79])); stream.end(); }',
    (event) => breaksNot(event),
  ],
  'a text in base64 for the end': [
    "async (e, stream) => { stream.end('T0s=', 'base64'); }",
    (event) => breaksNot(event),
  ],
  'a prelude of its own': [
    "async (e, stream) => { let calls = 0; stream._onBeforeFirstWrite = function (write) { calls += 1; write('prelude '); write(new Uint8Array([33])); }; const own = stream._onBeforeFirstWrite; stream.write(' body '); stream.write(String(stream._onBeforeFirstWrite === own)); stream.end(String(calls)); }",
    (event) => breaksNot(event),
  ],
  'what its methods are': [
    'async (e, stream) => { stream.write(JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(stream)).map(([key, { value, get, set, ...flags }]) => [key, flags, typeof get, value && [value.name, value.length, String(value), Reflect.ownKeys(value), Object.getOwnPropertyDescriptors(value)]]))); stream.end(); }',
    (event) => breaksNot(event),
  ],
  'listeners after it has returned': [
    'async (e, stream) => { const look = () => stream.eventNames().map((name) => [String(name), stream.listenerCount(name)]); stream.write(JSON.stringify(look())); setTimeout(() => stream.end(JSON.stringify(look())), 20); }',
    (event) => breaksNot(event),
  ],
  'a pipeline': [
    "async (e, stream) => { await pipeline(Readable.from(['first ', 'second']), stream); }",
    (event) => streams('first second', event),
  ],
  'a pipe': [
    "async (e, stream) => { await new Promise((resolve) => { stream.on('finish', resolve); Readable.from(['a', 'b']).pipe(stream); }); }",
    (event) => streams('ab', event),
  ],
  'a pipeline through gzip': [
    "async (e, stream) => { await pipeline(Readable.from(['word '.repeat(500)]), createGzip(), stream); }",
    (event) => breaksNot(event),
  ],
  'a web stream': [
    "async (e, stream) => { for await (const chunk of new Blob(['from the web']).stream()) stream.write(chunk); stream.end(); }",
    (event) => streams('from the web', event),
  ],
  long: [
    "async (e, stream) => { const chunk = 'word'.repeat(16 * 1024); for (let i = 0; i < 32; i += 1) if (!stream.write(chunk)) await once(stream, 'drain'); stream.end(); }",
    (event) => breaksNot(event),
  ],
  'a content type': [
    "async (e, stream) => { stream.setContentType('text/plain'); stream.end('typed'); }",
    (event) => streams('typed', event),
  ],
  http: [
    "async (e, stream) => { const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-kind': 'answer' }, cookies: ['a=b'] }); http.write('created'); http.end(); }",
    (event) => streams('created', event),
  ],
  'http without a body': [
    'async (e, stream) => { awslambda.HttpResponseStream.from(stream, { statusCode: 204 }).end(); }',
    (event) => breaksNot(event),
  ],
  'http error': [
    "async (e, stream) => { awslambda.HttpResponseStream.from(stream, { statusCode: 503 }).end('overloaded'); }",
    (event) => breaks(event),
  ],
  'what the stream is': [
    "async (e, stream, context) => { stream.write(JSON.stringify([typeof stream, stream.constructor.name, Object.keys(stream).sort(), stream.writable, stream.writableEnded, stream.writableHighWaterMark > 0, stream.writableLength, stream.listenerCount('close'), stream.eventNames(), Object.keys(context).sort()])); stream.end(); }",
    (event) => breaksNot(event),
  ],
  'a returned value': [
    "async (e, stream) => { stream.end('text'); return 'ignored'; }",
    (event) => streams('text', event),
  ],
  'returns before the end': [
    "async (e, stream) => { stream.write('early '); setTimeout(() => stream.end('late'), 5); }",
    (event) => streams('early late', event),
  ],
  'a thenable': [
    "(e, stream) => { stream.end('then'); return { then: (resolve) => resolve() }; }",
    (event) => streams('then', event),
  ],
  'throws before a byte': [
    "async () => { throw new RangeError('before a byte'); }",
    (event) => breaks(event),
  ],
  'throws at once': ["() => { throw new RangeError('at once'); }", (event) => breaks(event)],
  'throws midway': [
    "async (e, stream) => { stream.write('half of '); await sleep(2); throw new TypeError('hung up'); }",
    (event) => breaks(event),
  ],
  'throws a text midway': [
    "async (e, stream) => { stream.write('half of '); throw 'only a text'; }",
    (event) => breaks(event),
  ],
  'throws null': ['async () => { throw null; }', (event) => breaks(event)],
  'throws after the end': [
    "async (e, stream) => { stream.end('whole'); await sleep(5); throw new Error('afterwards'); }",
    (event) => breaks(event),
  ],
  'a pipeline that breaks': [
    "async (e, stream) => { await pipeline(async function* () { yield 'half'; throw new Error('in the source'); }, stream); }",
    (event) => breaks(event),
  ],
  'no promise': ["(e, stream) => { stream.end('at once'); }", (event) => breaks(event)],
};

function breaksNot(event: unknown): Run {
  return answers(undefined, event);
}

const table = Object.entries(written).map(
  ([name, [source]]) => `${JSON.stringify(name)}: ${source}`,
);
const imports = `import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
`;
const safe = Object.entries(written).filter(([name]) => name !== 'a pipeline that breaks');

function alone(name: string, ...runs: readonly Run[]): Shape {
  const source = written[name]?.[0] ?? '';
  return esModule(
    `alone: ${name}`,
    `${imports}export const handler = awslambda.streamifyResponse(${source});`,
    ...runs,
  );
}

export const streaming: readonly Shape[] = [
  esModule(
    'everything that can be streamed',
    `${imports}const shapes = {${table.join(',\n')}};
export const handler = awslambda.streamifyResponse((event, stream, context) => shapes[event.shape](event, stream, context));`,
    ...safe.map(([shape, [, run]]) => run({ shape })),
  ),
  alone('writes', streams('The answer'), streams('The answer')),
  alone('throws midway', breaks(), breaks()),
  {
    ...esModule(
      'a pipeline that breaks ends the process',
      `${imports}export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.next) return void stream.end('next');
  await pipeline(async function* () { yield 'half'; throw new Error('in the source'); }, stream);
});`,
    ),
    runs: [breaks({}, { kind: 'error' }), streams('next', { next: true })],
    runtimes: onNode22,
  },
  ...Object.entries({
    'a write after the end':
      "stream.on('error', (error) => console.log('event', error.stack)); stream.end('whole'); stream.write('late', (error) => console.log('callback', error.stack)); await sleep(20);",
    'a write to a destroyed stream':
      "stream.on('error', (error) => console.log('event', error.stack)); stream.destroy(new Error('mine')); stream.write('late', (error) => console.log('callback', error.stack)); await sleep(20);",
    'an end after the end':
      "stream.on('error', (error) => console.log('event', error.stack)); stream.end('whole'); stream.end('again', (error) => console.log('callback', error?.stack)); await sleep(20);",
  }).map(
    ([name, source]): Shape => ({
      ...esModule(
        name,
        `${imports}const deep = (n, work) => (n === 0 ? work() : deep(n - 1, work));
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.next) return void stream.end('next');
  ${source}
});`,
      ),
      runs: {
        'nodejs24.x': [breaks({}, { kind: 'exit' }), streams('next', { next: true })],
        'nodejs22.x': [breaks({}, { kind: 'error' }), streams('next', { next: true })],
      },
    }),
  ),
  esModule(
    'highWaterMark',
    "export const handler = awslambda.streamifyResponse(async (e, stream) => { stream.end('mark ' + handler[Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')]); }, { highWaterMark: 1024 });",
    streams('mark 1024'),
  ),
  commonJs(
    'streamed',
    'exports.handler = awslambda.streamifyResponse(async function ask(event, stream, context) { stream.end(arguments.length + typeof this + context.functionName); });',
    answers(),
  ),
  commonJs(
    'streamed by the marks alone',
    "const handler = async (event, stream) => { stream.end('marked'); }; handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'response'; exports.handler = handler;",
    streams('marked'),
  ),
  {
    ...esModule(
      'a stream that never ends',
      "export const handler = awslambda.streamifyResponse(async (e, stream) => { stream.write('endless'); setInterval(() => {}, 1000); });",
      timedOut,
    ),
    options: { timeoutMs: 1500 },
  },
  {
    ...esModule(
      'a stream nobody writes to, and a promise that never settles',
      'export const handler = awslambda.streamifyResponse(() => new Promise(() => { setInterval(() => {}, 1000); }));',
      timedOut,
    ),
    options: { timeoutMs: 1500 },
  },
  esModule(
    'a caller that leaves',
    `${imports}export const handler = awslambda.streamifyResponse(async (event, stream) => { stream.write('first '); await sleep(60); for (let i = 0; i < 20; i += 1) { stream.write('word '); await sleep(2); } stream.end(); });`,
    { ...answers('first '), callerLeaves: { afterBytes: 5 } },
    { ...answers('first '), callerLeaves: { afterBytes: 5 } },
    answers(`first ${'word '.repeat(20)}`),
  ),
  esModule(
    'a caller that leaves a stream with back-pressure',
    `${imports}export const handler = awslambda.streamifyResponse(async (event, stream) => { stream.write('first '); await sleep(60); const chunk = 'word'.repeat(16 * 1024); for (let i = 0; i < 32; i += 1) if (!stream.write(chunk)) await once(stream, 'drain'); stream.end(); });`,
    { ...answers('first '), callerLeaves: { afterBytes: 5 } },
    answers(),
  ),
  onEach(
    {
      ...esModule(
        'without the global awslambda',
        'export const handler = async () => typeof globalThis.awslambda;',
      ),
      environment: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: 'true' },
    },
    answers('"undefined"'),
    answers('"undefined"'),
  ),
];
