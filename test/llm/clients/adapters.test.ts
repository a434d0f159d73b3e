/** Every way to report a run reads its calls, and each call counts once, however it is known. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attached, reporterLayer } from '../../layer/attached-layer.ts';
import type { InvocationResult } from '../../support/lambda/invocation-result.ts';
import type { LambdaOptions } from '../../support/lambda/lambda.ts';
import { reportsOf } from '../../support/reports-of.ts';
import { reportedBy, type Surroundings, startSurroundings } from './surroundings.ts';

let surroundings: Surroundings;
beforeAll(async () => {
  surroundings = await startSurroundings();
});
afterAll(() => surroundings[Symbol.asyncDispose]());

const withLayer = { layers: [reporterLayer], environment: attached };
const calling = {
  tokens: { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 },
  used_tools: ['get_weather', 'web_search'],
};
const twice = { prompt_tokens: 42, completion_tokens: 18, total_tokens: 60 };

describe('calls count once', () => {
  test.each<[string, Partial<LambdaOptions>]>([
    ['by the middleware in Middy 6', { handler: 'stacks.six' }],
    ['by the middleware in Middy 7', { handler: 'stacks.seven' }],
    ['by the layer and the middleware', { handler: 'stacks.seven', ...withLayer }],
    ['by the layer and the wrapper', { handler: 'wrapped.handler', ...withLayer }],
  ])('%s', async (_, options) => {
    const lambda = await surroundings.start(options);

    const { reports } = await surroundings.run(lambda, {
      client: 'openai',
      call: 'chat',
      behaviour: 'tools',
    });
    await lambda.close();

    expect(reports).toMatchObject([calling]);
  });

  test('by the layer and the wrapper in a bundle, which are two copies', async () => {
    const { taskRoot } = await surroundings.place('cjs bundle');
    const handler = 'wrapped.handler';
    const lambda = await surroundings.start({ handler, taskRoot, ...withLayer });

    const { reports } = await surroundings.run(lambda, {
      client: 'bedrock',
      call: 'converseStream',
      behaviour: 'tools',
    });
    await lambda.close();

    expect(reports).toMatchObject([calling]);
  });

  test.each(['recorded', 'counted', 'everything'])(
    'where the handler tells of them too: %s',
    async (name) => {
      const { reports } = await invoke({ handler: `told.${name}` });

      expect(reports).toMatchObject([calling]);
    },
  );

  test('and twice where they are two of which the handler tells of one', async () => {
    const { reports } = await invoke({ handler: 'told.oneOfTwo' });

    expect(reports).toMatchObject([{ ...calling, tokens: twice }]);
  });
});

test.each(['nodejs24.x', 'nodejs22.x'] as const)(
  'a streamed answer passes through, and what the model said is reported: %s',
  async (runtime) => {
    const bare = await invoke({ handler: 'streamed.bare', runtime });
    const wrapped = await invoke({ handler: 'streamed.handler', runtime });
    const layered = await invoke({ handler: 'streamed.bare', runtime, ...withLayer });

    expect(bare.body).toMatch(/^Forty-two is the answer/);
    expect([wrapped.body, layered.body]).toEqual([bare.body, bare.body]);
    expect(wrapped.reports).toMatchObject([calling]);
    expect(layered.reports).toMatchObject([calling]);
  },
);

test.each(Object.entries(reportedBy))(
  'what a call brings after the run has ended belongs to no run: %s',
  async (_, options) => {
    const lambda = await surroundings.start(options);
    const asked = { client: 'vercel', call: 'streamBreak', behaviour: 'text' };

    const left = await surroundings.run(lambda, asked);
    const next = await surroundings.run(lambda, {
      client: 'openai',
      call: 'chatTimeout',
      behaviour: 'text',
    });
    await lambda.close();

    expect(left.reports).toMatchObject([{ tokens: null }]);
    expect(next.reports).toMatchObject([{ tokens: null, llm_response: null }]);
  },
);

async function invoke(
  options: Partial<LambdaOptions>,
): Promise<{ body: string | undefined; reports: readonly object[] }> {
  const lambda = await surroundings.start(options);
  const requestId = randomUUID();
  const event = { url: surroundings.provider.url, behaviour: 'tools' };
  const result: InvocationResult = await lambda.invoke(event, { requestId });
  await result.settled;
  await lambda.close();
  return {
    body: result.kind === 'response' ? result.body : undefined,
    reports: reportsOf(surroundings.platform, { awsRequestId: requestId }),
  };
}
