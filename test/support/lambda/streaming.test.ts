import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InvocationResult, ResponseResult } from './invocation-result.ts';
import { type Lambda, startLambda } from './lambda.ts';

const taskRoot = fileURLToPath(new URL('handlers', import.meta.url));

let lambda: Lambda;
beforeAll(async () => {
  lambda = await startLambda({ handler: 'streams.handler', taskRoot, timeoutMs: 20_000 });
});
afterAll(() => lambda.close());

test('a stream arrives piece by piece while the handler runs', async () => {
  const result = responseOf(await lambda.invoke({ stream: 'text' }));

  expect(result).toMatchObject({
    payload: Buffer.from('one two naïve ✓'),
    body: 'one two naïve ✓',
    contentType: 'text/plain',
    streamed: true,
    callerLeft: false,
  });
  expect(result).not.toHaveProperty('http');
  expect(result).not.toHaveProperty('streamError');
  expect(result.chunks.map(({ bytes }) => bytes.toString())).toEqual(['one ', 'two ', 'naïve ✓']);
  const [first = 0, second = 0, third = 0] = result.chunks.map(({ atMs }) => atMs);
  expect([first < second, second < third, third < result.responseMs]).toEqual([true, true, true]);
  expect(await result.settled).toMatchObject({ kind: 'next' });
});

test('an HTTP response has its metadata split off', async () => {
  const result = responseOf(await lambda.invoke({ stream: 'http' }));

  expect(result).toMatchObject({
    contentType: 'application/vnd.awslambda.http-integration-response',
    http: { statusCode: 201, headers: { 'content-type': 'text/html' }, cookies: ['a=1'] },
    body: '<p>created</p>',
  });
  expect(result.payload.toString()).toBe(
    `{"statusCode":201,"headers":{"content-type":"text/html"},"cookies":["a=1"]}${'\0'.repeat(8)}<p>created</p>`,
  );
});

test('an error midway comes after what was written before', async () => {
  const result = responseOf(await lambda.invoke({ stream: 'failMidway' }));

  expect(result).toMatchObject({
    body: 'the first half',
    streamError: { errorType: 'TypeError', errorMessage: 'lost the second half ✓' },
  });
  expect(result.streamError?.trace[0]).toBe('TypeError: lost the second half ✓');
});

test('an error before the first byte is an empty stream with an error', async () => {
  const result = responseOf(await lambda.invoke({ stream: 'failAtOnce' }));

  expect(result).toMatchObject({
    streamed: true,
    body: '',
    streamError: { errorType: 'RangeError', errorMessage: 'nothing to say' },
  });
});

test('a process that ends midway leaves what it had sent', async () => {
  const result = await lambda.invoke({ stream: 'exitMidway' });

  expect(result).toMatchObject({
    kind: 'exit',
    exitCode: 4,
    payload: Buffer.from('only this'),
  });
});

test('a stream that was sent in full counts although the process ends at once', async () => {
  const result = responseOf(await lambda.invoke({ stream: 'endAndExit', count: 4_000_000 }));

  expect(result.payload).toHaveLength(4_000_000);
  expect(await result.settled).toMatchObject({ kind: 'exit', exitCode: 0 });
});

test('a stream that is never ended times out', async () => {
  await using short = await startLambda({ handler: 'streams.handler', taskRoot, timeoutMs: 500 });

  const result = await short.invoke({ stream: 'neverEnds' });

  expect(result).toMatchObject({ kind: 'timeout', payload: Buffer.from('and then …') });
});

test('a caller that leaves goes unnoticed', async () => {
  const result = responseOf(
    await lambda.invoke({ stream: 'long', count: 50 }, { callerLeaves: { afterBytes: 10 } }),
  );
  const { doneMs } = await result.settled;

  expect(result).toMatchObject({ callerLeft: true, body: 'x'.repeat(10) });
  expect(doneMs).toBeGreaterThan(result.responseMs);
  expect(result.logs.join()).toContain('all 50 written');
});

test('a caller that leaves ends the process where the connection is reset', async () => {
  const result = responseOf(
    await lambda.invoke(
      { stream: 'long', count: 1000 },
      { callerLeaves: { afterBytes: 10, connection: 'reset' } },
    ),
  );

  expect(result).toMatchObject({ callerLeft: true, body: 'x'.repeat(10) });
  expect(await result.settled).toMatchObject({ kind: 'exit', exitCode: 1 });
});

test("the stream has the handler's high-water mark", async () => {
  await using marked = await startLambda({ handler: 'streams.withHighWaterMark', taskRoot });

  const standard = responseOf(await lambda.invoke({ stream: 'highWaterMark' }));
  const own = responseOf(await marked.invoke({ stream: 'highWaterMark' }));

  expect([standard.body, own.body]).toEqual(['65536', '12345']);
});

function responseOf(result: InvocationResult): ResponseResult {
  if (result.kind !== 'response') throw new Error(`It ended with ${result.kind}.`);
  return result;
}
