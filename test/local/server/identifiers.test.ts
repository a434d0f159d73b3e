import { expect, test } from 'vitest';
import { call, history, report, startForTest, status } from '../platform-client.ts';

test.each(['a/b', 'two words', 'grüße 🚀', '100%', '%2F', 'a?b#c', '..a', 'line\nbreak', 'nul\0'])(
  'accepts %j as an agent id and a task id',
  async (id) => {
    const { url } = await startForTest();

    await report(url, id, { id });

    expect((await status(url, id)).body).toMatchObject({ id, agent_id: id });
    expect((await call(url, `/agents/${encodeURIComponent(id)}`)).body).toMatchObject({ id });
    expect((await history(url, id)).body).toMatchObject([{ id, agent_id: id }]);
  },
);

test.each(['executions', 'history', 'status', 'report_task', 'agents', 'agent-execution', 'list'])(
  'distinguishes the id %j from API paths',
  async (id) => {
    const { url } = await startForTest();

    await report(url, id, { id });

    expect((await status(url, id)).body).toMatchObject({ id, agent_id: id });
    expect((await history(url, id)).body).toMatchObject([{ id, agent_id: id }]);
  },
);

test('accepts the organization as a path prefix', async () => {
  const { url } = await startForTest();

  await report(`${url}/org-7`, 'agent-1', { id: 'ext-1' });

  expect(await status(`${url}/org-7`, 'ext-1')).toMatchObject({ status: 200 });
  expect(await history(`${url}/org-7`, 'agent-1')).toMatchObject({ body: [{ id: 'ext-1' }] });
  expect(await call(`${url}/org-7`, '/agents/list')).toMatchObject({ body: [{ id: 'agent-1' }] });
});
