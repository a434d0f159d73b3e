/** Several invocations at once in one process: each run has its own calls and no other's. */

import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { reportsOf } from '../../support/reports-of.ts';
import { reportedBy, startSurroundings } from './surroundings.ts';

const managedInstances = { maxConcurrency: 8, workers: 1 };
const uncached = { cache_read_tokens: 0, cache_write_tokens: 0 };
const tokens = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30, ...uncached };
const twice = { prompt_tokens: 42, completion_tokens: 18, total_tokens: 60, ...uncached };
const called = ['get_weather', 'web_search'];

/** Slow enough that all of them are under way together. */
const slowly = '--delay-5';
const calls = [
  { client: 'openai', call: 'chatStream', behaviour: `text${slowly}`, tokens, tools: [] },
  {
    client: 'openai',
    call: 'chatTwice',
    behaviour: `tools${slowly}`,
    tokens: twice,
    tools: called,
  },
  {
    client: 'anthropic',
    call: 'messagesStream',
    behaviour: `tools${slowly}`,
    tokens,
    tools: called,
  },
  { client: 'bedrock', call: 'converseStream', behaviour: `tools${slowly}`, tokens, tools: called },
  { client: 'http', call: 'stream', behaviour: `text${slowly}`, tokens, tools: [] },
  { client: 'fetch', call: 'json', behaviour: 'broken--wait-30', tokens: null, tools: [] },
  { client: 'undici', call: 'requestStream', behaviour: `text${slowly}`, tokens, tools: [] },
  { client: 'mcp', call: 'callTools', behaviour: 'text', tokens: null, tools: ['add', 'echo'] },
];

test.each(['wrapper', 'layer'] as const)('by the %s', async (reporter) => {
  const surroundings = await startSurroundings();
  onTestFinished(() => surroundings[Symbol.asyncDispose]());
  const { provider, platform } = surroundings;
  const lambda = await surroundings.start({ ...reportedBy[reporter], managedInstances });
  const rounds = Array.from({ length: 4 }, () => calls).flat();

  const runs = await Promise.all(
    rounds.map(async ({ client, call, behaviour, ...expected }) => {
      const requestId = randomUUID();
      const event = { client, call, behaviour, url: provider.url };
      return { ...(await lambda.invoke(event, { requestId })), expected };
    }),
  );

  expect(runs.map(({ kind }) => kind)).toEqual(runs.map(() => 'response'));
  await expect.poll(() => platform.tasks().length, { timeout: 10_000 }).toBe(runs.length);
  const reported = runs.map(({ requestId }) => {
    const [report] = reportsOf(platform, { awsRequestId: requestId });
    return { tokens: report?.['tokens'], tools: report?.['used_tools'] };
  });
  expect(reported).toEqual(runs.map(({ expected }) => expected));
});
