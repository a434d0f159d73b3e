/** A call to an LLM host that nobody has named leaves a hint in the log. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { withTaskReporter } from '../../../src/index.ts';
import { startLocalPlatform } from '../../../src/local/server/local-platform.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { completion, serve } from './answering-server.ts';

test('a request that looks like an LLM call is named once, with the variable to set', async () => {
  const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
  const url = new URL(await serve({ pieces: [JSON.stringify(completion)] }));
  const platform = await startLocalPlatform();
  onTestFinished(() => platform.close());
  const handler = withTaskReporter(
    async () => {
      for (const path of ['/v1/chat/completions', '/v1/messages', '/orders']) {
        await (await fetch(new URL(path, url), { method: 'POST', body: '{}' })).text();
      }
    },
    { agentId: 'agent-123', apiKey: 'key', baseUrl: platform.url, logLevel: 'debug' },
  );

  await (handler as (event: unknown, context: unknown) => Promise<unknown>)({}, lambdaContext());

  const hints = debug.mock.calls.filter(([line]) => String(line).includes('XPANDER_LLM_HOSTS'));
  expect(hints).toEqual([
    [expect.stringContaining(`a request to ${url.host} looks like an LLM call`)],
  ]);
});
