import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Dispatcher, startDispatcher, type TelemetryEvent } from './dispatcher.ts';

const event = (type: string, record: unknown = {}): TelemetryEvent => ({
  time: '2026-01-01T00:00:00.000Z',
  type,
  record,
});

test('events of one moment arrive as one batch', async () => {
  const { batches, dispatcher } = await start();

  dispatcher.add(event('one'));
  dispatcher.add(event('two'));

  await vi.waitFor(() => expect(batches).toEqual([['one', 'two']]));
});

test('a full batch does not wait for its time', async () => {
  const { batches, dispatcher } = await start({ maxItems: 2, timeoutMs: 30_000 });

  dispatcher.add(event('one'));
  dispatcher.add(event('two'));

  await vi.waitFor(() => expect(batches).toEqual([['one', 'two']]));
});

test('a batch is sent until it is taken, and the next one after it', async () => {
  const { batches, dispatcher, answers } = await start();
  answers.push(500, 404);

  dispatcher.add(event('one'));
  await vi.waitFor(() => expect(answers).toEqual([]));
  dispatcher.add(event('two'));

  await vi.waitFor(() => expect(batches).toEqual([['one'], ['one'], ['one'], ['two']]));
});

test('nothing is sent while the processes stand still', async () => {
  const { batches, dispatcher } = await start({ timeoutMs: 25 });
  dispatcher.pause();
  dispatcher.add(event('one'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const whilePaused = batches.length;

  dispatcher.resume();

  await vi.waitFor(() => expect(batches).toEqual([['one']]));
  expect(whilePaused).toBe(0);
});

test('what is there is sent at once before the end', async () => {
  const { batches, dispatcher } = await start({ timeoutMs: 30_000 });
  dispatcher.add(event('one'));

  dispatcher.resume(true);

  await vi.waitFor(() => expect(batches).toEqual([['one']]));
});

test('a subscriber that is too slow loses the oldest and is told how many', async () => {
  const { received, dispatcher } = await start({ maxBytes: 1000 });
  dispatcher.pause();
  const line = 'x'.repeat(500);
  for (let count = 0; count < 5; count += 1) dispatcher.add(event('function', `${count}${line}`));

  dispatcher.resume();

  await vi.waitFor(() => expect(received).toHaveLength(4));
  expect(received.map(({ record }) => String(record).slice(0, 1))).toEqual(['2', '3', '4', '[']);
  expect(received.at(-1)).toMatchObject({
    type: 'platform.logsDropped',
    record: { droppedRecords: 2, droppedBytes: expect.any(Number) },
  });
});

interface Started {
  readonly dispatcher: Dispatcher;
  /** The types of what arrived, refused batches included. */
  readonly batches: string[][];
  readonly received: TelemetryEvent[];
  /** The status of the next answers; 200 after them. */
  readonly answers: number[];
}

async function start(
  buffering: Partial<{ maxItems: number; maxBytes: number; timeoutMs: number }> = {},
): Promise<Started> {
  const batches: string[][] = [];
  const received: TelemetryEvent[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const batch = (await json(request)) as TelemetryEvent[];
    batches.push(batch.map(({ type }) => type));
    received.push(...batch);
    response.writeHead(answers.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dispatcher = startDispatcher({
    schemaVersion: '2025-01-29',
    types: ['platform', 'function'],
    maxItems: 1000,
    maxBytes: 262_144,
    timeoutMs: 25,
    url: new URL(`http://127.0.0.1:${port}/`),
    ...buffering,
  });
  onTestFinished(async () => {
    dispatcher.stop();
    server.closeAllConnections();
    server.close();
  });
  return { dispatcher, batches, received, answers };
}
