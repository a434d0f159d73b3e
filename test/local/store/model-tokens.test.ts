import { expect, test } from 'vitest';
import { callsWithoutUsage, modelTokens } from '../../../src/local/store/model-tokens.ts';

const gpt = (model: string, prompt: number, completion: number) => ({
  id: `chatcmpl-${model}-${prompt}`,
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'x' } }],
  usage: { prompt_tokens: prompt, completion_tokens: completion },
});

const tokens = (prompt: number, completion: number) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  ...{ cache_read_tokens: 0, cache_write_tokens: 0 },
  total_tokens: prompt + completion,
});

test.each([
  ['one response', gpt('a', 10, 2), [['a', 10, 2]]],
  [
    'responses that add up',
    [gpt('a', 4, 1), gpt('b', 5, 1), gpt('a', 1, 0)],
    [
      ['a', 5, 1],
      ['b', 5, 1],
    ],
  ],
  ['one model, less than was reported', [gpt('a', 4, 1), gpt('a', 5, 0)], [['a', 10, 2]]],
  ['two models, less than was reported', [gpt('a', 4, 1), gpt('b', 5, 0)], [['unknown', 10, 2]]],
  ['two models, more than was reported', [gpt('a', 9, 1), gpt('b', 5, 2)], [['unknown', 10, 2]]],
  ['a model of an unknown shape', { model: 'own', text: 'x' }, [['own', 10, 2]]],
  ['a response with a model version', { modelVersion: 'own-2' }, [['own-2', 10, 2]]],
  ['no response', undefined, [['unknown', 10, 2]]],
  ['an unusable response', { model: 7 }, [['unknown', 10, 2]]],
])('divides tokens among the models of %s', (_name, response, expected) => {
  const shares = modelTokens(response, tokens(10, 2));

  expect(shares.map((share) => [share.model, share.promptTokens, share.completionTokens])).toEqual(
    expected,
  );
});

test('returns no models if the tokens of a task are unknown', () => {
  expect(modelTokens(gpt('a', 10, 2), null)).toEqual([]);
});

test('truncates a long model name', () => {
  const [share] = modelTokens({ model: 'm'.repeat(10_000) }, tokens(1, 1));

  expect(share?.model).toBe(`${'m'.repeat(199)}…`);
});

test('counts the calls without token counts, embeddings aside', () => {
  const { usage: _, ...silent } = gpt('a', 1, 1);
  const embedding = { object: 'list', data: [{ object: 'embedding', embedding: [0.1] }] };

  expect(callsWithoutUsage([gpt('a', 1, 1), silent, embedding])).toBe(1);
  expect(callsWithoutUsage(undefined)).toBe(0);
});
