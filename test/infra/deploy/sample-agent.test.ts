/** The sample's function by itself; deployed it is run in the tests of the app. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startSecretsManager } from '../../support/secrets-manager.ts';

const file = fileURLToPath(new URL('../../../infra/sample/agent/agent.mjs', import.meta.url));

test.for([
  [{ question: 'Why is that?' }, { answer: 'That is a question of 3 words.' }],
  [{ body: '{"question":"Why?"}' }, { answer: 'That is a question of 1 word.' }],
  [
    { body: Buffer.from('{"question":"Why?"}').toString('base64'), isBase64Encoded: true },
    { answer: 'That is a question of 1 word.' },
  ],
  [{ body: 'no JSON' }, { statusCode: 400, body: expect.stringMatching(/Send a question/) }],
  [{ body: 'null' }, { statusCode: 400, body: expect.stringMatching(/Send a question/) }],
  [{}, { statusCode: 400, body: expect.stringMatching(/Send a question/) }],
] as const)('%j is answered without asking anybody', async ([event, answer]) => {
  const { handler } = await import(file);

  expect(await handler(event)).toEqual(answer);
});

test('the sample agent asks the model if there is a secret with its key', async () => {
  const asked: unknown[] = [];
  const model = createServer(async (request, response) => {
    asked.push([request.url, request.headers.authorization, JSON.parse(await text(request))]);
    response.end('{"choices":[{"message":{"content":"Because."}}]}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void model.close());
  await new Promise((resolve) => model.once('listening', resolve));
  const secrets = await startSecretsManager({ secrets: { 'model/key': 'key-of-the-model' } });
  onTestFinished(() => secrets.close());
  const { port } = model.address() as AddressInfo;
  for (const [name, value] of Object.entries({
    ...secrets.environment,
    MODEL_API_KEY_SECRET: 'model/key',
    MODEL_BASE_URL: `http://127.0.0.1:${port}/v1`,
  })) {
    vi.stubEnv(name, value);
  }

  const { handler } = await import(`${file}?with-model`);
  const answer = await handler({ question: 'Why?' });

  expect(answer).toEqual({ answer: 'Because.' });
  expect(asked).toMatchObject([
    [
      '/v1/chat/completions',
      'Bearer key-of-the-model',
      { messages: [{ role: 'user', content: 'Why?' }] },
    ],
  ]);
});
