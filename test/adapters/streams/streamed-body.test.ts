import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { observeStreamedBody } from '../../../src/adapters/streams/streamed-body.ts';

type Body = Readable | ReadableStream;
type OnEnd = Parameters<typeof observeStreamedBody>[2];

const unreadMs = 60;

function webStream(chunks: readonly unknown[], error?: Error): ReadableStream {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      if (left.length > 0) controller.enqueue(left.shift());
      else if (error) controller.error(error);
      else controller.close();
    },
  });
}

function nodeStream(chunks: readonly unknown[], error?: Error): Readable {
  return Readable.from(
    (function* () {
      yield* chunks;
      if (error) throw error;
    })(),
  );
}

function sink(): { sink: Writable; read: () => string } {
  let text = '';
  const into = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { sink: into, read: () => text };
}

function watched(body: Body): { body: Body; onEnd: ReturnType<typeof vi.fn<OnEnd>> } {
  const onEnd = vi.fn<OnEnd>(() => undefined);
  const response = observeStreamedBody({ statusCode: 201, body }, 1_000, onEnd, unreadMs);
  return { body: (response as { body: Body }).body, onEnd };
}

const readers: Record<string, (body: Body) => Promise<string>> = {
  async 'a pipeline'(body) {
    const { sink: into, read } = sink();
    await pipeline(body as Readable, into);
    return read();
  },
  async 'an iteration'(body) {
    let text = '';
    for await (const chunk of body as AsyncIterable<unknown>) text += String(chunk);
    return text;
  },
};

describe.each([
  ['Node.js', nodeStream],
  ['web', webStream],
])('a %s stream', (_, streamOf) => {
  describe.each(Object.entries(readers))('read by %s', (__, readAll) => {
    test.each([
      ['empty', [], 0],
      ['short', ['hi'], 0],
      ['of several chunks', ['a', 'b', 'c'], 0],
      ['long', Array.from({ length: 300 }, () => 'x'), 0],
      ['short and read a little later', ['hi'], unreadMs / 2],
      ['long and read a little later', Array.from({ length: 300 }, () => 'x'), unreadMs / 2],
    ])('that is %s calls onEnd once', async (___, chunks, waitMs) => {
      const { body, onEnd } = watched(streamOf(chunks));

      if (waitMs > 0) await sleep(waitMs);
      const text = await readAll(body);
      await sleep(2 * unreadMs);

      expect(text).toBe(chunks.join(''));
      expect(onEnd.mock.calls).toEqual([[{ text, truncatedBytes: 0, statusCode: 201 }, undefined]]);
    });

    test('that fails passes its error on and to onEnd', async () => {
      const error = new Error('hung up');
      const { body, onEnd } = watched(streamOf(['half '], error));

      await expect(readAll(body)).rejects.toBe(error);
      await sleep(2 * unreadMs);

      expect(onEnd.mock.calls).toEqual([
        [{ text: 'half ', truncatedBytes: 0, statusCode: 201 }, { value: error }],
      ]);
    });

    test('ends after the promise of onEnd', async () => {
      let isDone = false;
      const response = observeStreamedBody(streamOf(['hi']), 1_000, async () => {
        await sleep(30);
        isDone = true;
      });

      expect(await readAll(response as Body)).toBe('hi');
      expect(isDone).toBe(true);
    });
  });

  test('with a late first chunk does not count as unread', async () => {
    const slow = async function* () {
      await sleep(3 * unreadMs);
      yield 'late';
    };
    const source = Readable.from(slow());
    const { body, onEnd } = watched(
      streamOf === webStream ? (Readable.toWeb(source) as ReadableStream) : source,
    );

    expect(await readers['a pipeline']?.(body)).toBe('late');
    expect(onEnd).toHaveBeenCalledOnce();
  });

  test('that nobody reads calls onEnd once and is not read', async () => {
    const pulled = vi.fn();
    const source = async function* () {
      pulled();
      yield 'unread';
    };
    const readable = Readable.from(source());
    const { onEnd } = watched(
      streamOf === webStream
        ? (new ReadableStream({ pull: pulled }, { highWaterMark: 0 }) as ReadableStream)
        : readable,
    );

    await sleep(2 * unreadMs);

    expect(onEnd.mock.calls).toEqual([
      [{ text: '', truncatedBytes: 0, statusCode: 201 }, undefined],
    ]);
    expect(pulled).not.toHaveBeenCalled();
  });

  test('that the reader stops early calls onEnd with an error', async () => {
    const { body, onEnd } = watched(streamOf(['a', 'b', 'c']));

    for await (const _chunk of body as AsyncIterable<unknown>) break;
    await sleep(2 * unreadMs);

    expect(onEnd).toHaveBeenCalledOnce();
    expect(onEnd.mock.calls[0]?.[0].text).toMatch(/^a/);
    expect(onEnd.mock.calls[0]?.[1]).toBeDefined();
  });

  test('that is cancelled before it is read calls onEnd once', async () => {
    const { body, onEnd } = watched(streamOf(['a']));

    await (body instanceof Readable ? body.destroy() : body.cancel('enough'));
    await sleep(2 * unreadMs);

    expect(onEnd).toHaveBeenCalledOnce();
  });
});

test('a Node.js stream and its response stay the same objects', async () => {
  const body = nodeStream(['hi']);
  const response = { statusCode: 200, body };
  const before = [Reflect.ownKeys(body).filter((key) => key !== 'emit'), body.eventNames()];

  expect(observeStreamedBody(response, 1_000, () => undefined)).toBe(response);

  expect(response.body).toBe(body);
  expect(body.readableFlowing).toBe(null);
  expect([Reflect.ownKeys(body).filter((key) => key !== 'emit'), body.eventNames()]).toEqual(
    before,
  );
  await readers['a pipeline']?.(body);
});

test.each([
  ['a text', 'text'],
  ['an object', { body: 'text' }],
  ['a stream that is already being read', { body: nodeStream(['a']).resume() }],
  ['a response of another class', new Response('text')],
  [
    'a body behind a getter',
    {
      get body() {
        return expect.unreachable();
      },
    },
  ],
])('%s is not a stream to observe', (_, response) => {
  expect(observeStreamedBody(response, 1_000, () => undefined)).toBeUndefined();
});
