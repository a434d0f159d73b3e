import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createTaskEvents } from '../../../src/local/server/task-events.ts';
import type { TaskRow } from '../../../src/local/wire/page-data.ts';
import { openEvents } from '../open-event-stream.ts';
import { listTasks } from '../page-client.ts';
import { report, startForTest } from '../platform-client.ts';

test('sends a ready event and then each report as a row', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'before' });

  const stream = await openEvents(url);
  await expect.poll(() => stream.events).toHaveLength(1);
  await report(url, 'agent-1', {
    id: 'a',
    input: 'line\n\nevent: task\ndata: {}\n\n',
    used_tools: ['x'],
  });
  await report(url, 'agent-1', { id: 'a', is_success: false });
  await expect.poll(() => stream.events).toHaveLength(3);

  expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(stream.events).toMatchObject([
    { name: 'ready', data: { reload: false } },
    { name: 'task', data: { id: 'a', inputLine: 'line', usedTools: ['x'], reportCount: 1 } },
    { name: 'task', data: { id: 'a', status: 'failed', reportCount: 2 } },
  ]);
  expect((await listTasks(url)).tasks[0]).toEqual(stream.events[2]?.data);
});

test('sends no events for rejected reports', async () => {
  const { url } = await startForTest();
  const stream = await openEvents(url);

  await report(url, 'agent-1', { id: 1 });
  await report(url, 'agent-1', { id: 'good' });
  await expect.poll(() => stream.events).toHaveLength(2);

  expect(stream.events[1]).toMatchObject({ data: { id: 'good' } });
});

test('sends missed events to a client that reconnects', async () => {
  const { url } = await startForTest();
  const stream = await openEvents(url);
  await report(url, 'agent-1', { id: 'a' });
  await expect.poll(() => stream.events).toHaveLength(2);
  stream.close();
  await report(url, 'agent-1', { id: 'b' });
  await report(url, 'agent-1', { id: 'c' });

  const again = await openEvents(url, { 'last-event-id': stream.events[1]?.id ?? '' });
  await expect.poll(() => again.events).toHaveLength(3);

  expect(again.events).toMatchObject([
    { name: 'task', data: { id: 'b' } },
    { name: 'task', data: { id: 'c' } },
    { name: 'ready', data: { reload: false } },
  ]);
});

test('asks a client to reload if it missed too many events or connected to another process', async () => {
  const one = await startForTest();
  const other = await startForTest();
  const stream = await openEvents(one.url);
  await expect.poll(() => stream.events).toHaveLength(1);
  for (let n = 0; n <= 200; n++) await report(one.url, 'agent-1', {});

  const lastEventId = stream.events[0]?.id ?? '';
  const streams = await Promise.all([
    openEvents(one.url, { 'last-event-id': lastEventId }),
    openEvents(other.url, { 'last-event-id': lastEventId }),
    openEvents(other.url, { 'last-event-id': 'nonsense' }),
  ]);

  await expect
    .poll(() => streams.map(({ events }) => events.map(({ data }) => data)))
    .toEqual(streams.map(() => [{ reload: true }]));
});

test('serves many clients and releases those that disconnect', async () => {
  const { url } = await startForTest();
  const streams = await Promise.all(Array.from({ length: 50 }, () => openEvents(url)));
  await expect.poll(() => streams.every(({ events }) => events.length === 1)).toBe(true);
  for (const stream of streams.slice(25)) stream.close();

  await report(url, 'agent-1', { id: 'a' });

  await expect
    .poll(() => streams.slice(0, 25).every(({ events }) => events.length === 2))
    .toBe(true);
});

test('disconnects a client that does not read and keeps the others', async () => {
  const events = createTaskEvents({ newestPosition: () => 0, since: () => [] });
  const clients: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    clients.push(response);
    events.stream(response, {}, '');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    events.end();
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address?.port}`;
  const idle = await openEvents(url);
  const reader = await openEvents(url);
  idle.response.pause();

  let sent = 0;
  while (clients[0]?.destroyed === false && sent < 2000) {
    sent += 1;
    events.publish({ position: sent, row: { ...largeRow, id: `${sent}` } });
    await expect.poll(() => reader.events.length, { interval: 1 }).toBe(sent + 1);
  }
  idle.response.resume();
  await expect.poll(() => idle.ended()).toBe(true);

  expect(idle.events.length).toBeLessThan(sent);
  expect(reader.ended()).toBe(false);
});

test('ends event streams when the platform closes', async () => {
  const platform = await startForTest({ closeTimeoutMs: 60_000 });
  const streams = await Promise.all([openEvents(platform.url), openEvents(platform.url)]);
  streams[1]?.response.pause();

  await platform.close();

  await expect.poll(() => streams[0]?.ended()).toBe(true);
});

const largeRow: TaskRow = {
  agentId: 'agent-1',
  id: 'a',
  status: 'completed',
  inputLine: 'x'.repeat(100_000),
  resultLine: null,
  durationSeconds: 1,
  tokens: null,
  usedTools: [],
  toolCount: 0,
  createdAt: '2026-03-01T10:00:00.000Z',
  updatedAt: '2026-03-01T10:00:00.000Z',
  reportCount: 1,
};
