import { expect, test } from 'vitest';
import { filterChoices, listIds } from '../page-client.ts';
import { report, startForTest } from '../platform-client.ts';

test('lists agents and tools for the filters', async () => {
  const { url } = await startForTest({ agentIds: ['configured'] });
  await report(url, 'b', { id: '1', used_tools: ['y', 'x'] });
  await report(url, 'a', { id: '2', used_tools: ['x', 'z'.repeat(300)] });

  const choices = await filterChoices(url);

  const long = `${'z'.repeat(199)}…`;
  expect(choices).toEqual({
    agents: ['a', 'b', 'configured'],
    tools: ['x', 'y', long],
    tasks: 2,
    tasksDropped: 0,
  });
  expect(await listIds(url, { tool: long })).toEqual(['2']);
});
