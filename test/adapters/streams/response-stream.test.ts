import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  observeResponseStream,
  type ResponseStream,
  streamClosed,
} from '../../../src/adapters/streams/response-stream.ts';
import { createTextCollector } from '../../../src/adapters/streams/text-collector.ts';

test.each([
  ['plain text', ['abc', 'def'], 4, { text: 'abcd', truncatedBytes: 2 }],
  ['a character at the limit', ['aé'], 2, { text: 'a', truncatedBytes: 1 }],
  ['a character of four bytes', ['🦊🦊'], 6, { text: '🦊', truncatedBytes: 2 }],
  ['a surrogate pair at the limit', ['ab🦊'], 3, { text: 'ab', truncatedBytes: 3 }],
  ['bytes', [Buffer.from('é'), Buffer.from('x')], 2, { text: 'é', truncatedBytes: 1 }],
  [
    'a character in two chunks',
    [Buffer.from([0xc3]), Buffer.from([0xa9])],
    9,
    { text: 'é', truncatedBytes: 0 },
  ],
  ['nothing', [], 9, { text: '', truncatedBytes: 0 }],
  ['a text with a limit of zero', ['abc'], 0, { text: '', truncatedBytes: 3 }],
  [
    'chunks that are neither text nor bytes',
    [{ a: 1 }, null, 42],
    9,
    { text: '', truncatedBytes: 0 },
  ],
])('a text collector keeps the beginning of %s', (_, chunks, limit, expected) => {
  const collector = createTextCollector(limit);
  for (const chunk of chunks) collector.add(chunk);

  expect(collector.collected()).toEqual(expected);
});

test('a text collector decodes chunks and copies reused buffers', () => {
  const collector = createTextCollector(100);
  const buffer = Buffer.from('one ');
  collector.add(buffer);
  buffer.write('two ');
  collector.add(buffer);
  collector.add('aGk=', 'base64');
  collector.add('!', 'no encoding');

  expect(collector.collected()).toEqual({ text: 'one two hi!', truncatedBytes: 0 });
});

/** As the runtime makes it, see `toWritableResponseStream` in aws-lambda-ric. */
function runtimeStream(): { stream: ResponseStream & Record<string, unknown>; written: string[] } {
  const written: string[] = [];
  const inner = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const write = inner.write.bind(inner);
  inner.write = (chunk: unknown, ...others: never[]): boolean =>
    write(
      typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk),
      ...others,
    );
  const stream: Record<string, unknown> = { setContentType() {} };
  for (const method of ['write', 'end', 'destroy', 'on', 'listenerCount', 'eventNames'] as const) {
    stream[method] = inner[method].bind(inner as never);
  }
  for (const property of ['writableEnded', 'destroyed', '_onBeforeFirstWrite'] as const) {
    Object.defineProperty(stream, property, {
      get: () => Reflect.get(inner, property),
      set: (value) => Reflect.set(inner, property, value),
    });
  }
  return { stream: stream as never, written };
}

test('an object with user code is stringified exactly once and captured', () => {
  const { stream, written } = runtimeStream();
  const streamed = observeResponseStream(stream, 1_000);
  let reads = 0;
  const write = stream.write as (chunk: unknown) => unknown;

  write({ plain: [1, { a: null }] });
  write({
    get a() {
      reads += 1;
      return 1;
    },
  });
  write({
    toJSON() {
      reads += 1;
      return 'once';
    },
  });

  expect(reads).toBe(2);
  expect(written.join('')).toBe('{"plain":[1,{"a":null}]}{"a":1}"once"');
  expect(streamed().text).toBe(written.join(''));
});

test('a stream of another kind gets objects unchanged', () => {
  const chunks: unknown[] = [];
  const stream = new Writable({
    objectMode: true,
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  observeResponseStream(stream, 1_000);
  const chunk = { toJSON: () => expect.unreachable() };

  stream.write(chunk);

  expect(chunks).toEqual([chunk]);
  expect(Object.keys(stream)).not.toContain('write');
});

test('only chunks that the stream has accepted are captured', async () => {
  const { stream } = runtimeStream();
  const streamed = observeResponseStream(stream, 1_000);
  (stream['on'] as (event: string, listener: () => void) => void)('error', () => {});
  const write = stream.write as (chunk: unknown) => unknown;

  write('whole');
  expect(() => write(Object.assign([], { self: 1n, toJSON: undefined, 0: 1n }))).toThrow('BigInt');
  (stream.end as () => void)();
  write('late');

  expect(streamed().text).toBe('whole');
});

test('the wrapped methods look like those of the runtime', () => {
  const look = (stream: object): unknown =>
    ['write', 'end'].map((method) => {
      const { value, ...flags } = Object.getOwnPropertyDescriptor(stream, method) ?? {};
      return [flags, Object.getOwnPropertyDescriptors(value), String(value), Object.keys(stream)];
    });
  const { stream } = runtimeStream();
  const bare = look(stream);

  observeResponseStream(stream, 1_000);

  expect(look(stream)).toEqual(bare);
  expect((stream['eventNames'] as () => unknown)()).toEqual([]);
});

test('streamClosed() waits for the end without adding listeners', async () => {
  const { stream } = runtimeStream();
  observeResponseStream(stream, 1_000);
  const names = (stream['eventNames'] as () => unknown[])();
  let isClosed = false;

  const closed = streamClosed(stream, 5_000).then(() => {
    isClosed = true;
  });
  await sleep(10);
  expect(isClosed).toBe(false);
  expect((stream['eventNames'] as () => unknown[])()).toEqual(names);
  (stream.end as () => void)();
  await closed;
});

test.each([
  ['destroyed', (stream: Writable) => void stream.destroy()],
  ['open after the timeout', () => undefined],
])('streamClosed() resolves for a stream that is %s', async (_, act) => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  observeResponseStream(stream, 1_000);
  const start = performance.now();

  const closed = streamClosed(stream, 150);
  act(stream);
  await closed;

  expect(performance.now() - start).toBeLessThan(1_000);
  expect(stream.eventNames().filter((name) => name === 'close')).toEqual([]);
});
