import { expect, test, vi } from 'vitest';
import { logUnknownCalls } from '../../src/reporter/unknown-calls.ts';

test('says once per environment which calls have unknown tokens, and how to get them', () => {
  const warn = vi.fn();
  const log = { debug: vi.fn(), info: vi.fn(), error: vi.fn(), warn };
  const call = { host: 'api.openai.com', model: 'gpt-5' };

  logUnknownCalls([], log);
  logUnknownCalls([call, call, { host: undefined, model: undefined }], log);
  logUnknownCalls([call], log);

  expect(warn.mock.calls).toEqual([
    [
      'reported tokens are a lower bound, as those of 3 LLM calls are unknown (api.openai.com gpt-5). OpenAI-style streams send their usage only with stream_options: { include_usage: true }. Logged once per environment.',
    ],
  ]);
});
