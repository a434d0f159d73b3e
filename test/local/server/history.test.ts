import { expect, test } from 'vitest';
import { history, report, startForTest } from '../platform-client.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test('lists the task history of an agent, most recently updated first', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a', result: 'A' });
  await report(url, 'agent-1', { id: 'b', is_success: false });
  await report(url, 'agent-2', { id: 'other' });
  await report(url, 'agent-1', { id: 'a', result: 'A2' });

  const { body } = await history(url, 'agent-1');

  expect(body).toEqual([
    {
      id: 'a',
      agent_id: 'agent-1',
      organization_id: 'local',
      user_id: null,
      parent_task_id: null,
      triggering_agent_id: null,
      status: 'completed',
      created_at: time,
      updated_at: time,
      source_node_type: 'external',
      result: 'A2',
      title: null,
    },
    expect.objectContaining({ id: 'b', status: 'failed', result: null }),
  ]);
});

test.each([
  ['?status=failed', ['b']],
  ['?status=completed', ['a']],
  ['?status=executing', []],
  ['?status=&user_id=', ['b', 'a']],
  ['?user_id=u', []],
  ['?parent_task_id=p', []],
  ['?triggering_agent_id=t', []],
  ['?internal_status=i', []],
  ['?status=failed&user_id=u', []],
  ['?page=2', ['b', 'a']],
])('filters the task history by %s', async (query, expected) => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'a' });
  await report(url, 'agent-1', { id: 'b', is_success: false });

  const { body } = await history(url, 'agent-1', query);

  expect((body as { id: string }[]).map(({ id }) => id)).toEqual(expected);
});

test('rejects an unknown status as a filter of the task history', async () => {
  const { url } = await startForTest();

  const response = await history(url, 'agent-1', '?status=done');

  expect(response).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['query', 'status'], msg: expect.any(String), type: 'enum' }] },
  });
});

test('returns an empty task history for an unknown agent', async () => {
  const { url } = await startForTest();

  expect(await history(url, 'nobody')).toMatchObject({ status: 200, body: [] });
});
