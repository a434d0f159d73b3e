/** The API key from Secrets Manager, with the real SDK in the real runtime. */
import { expect, onTestFinished, test } from 'vitest';
import {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from '../../src/local/server/local-platform.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { startSample } from '../support/sample-function.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';

const secretArn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:xpander/api-key-AbCdEf';

test('one read serves many runs, in the region of the ARN', async () => {
  const { lambda, secrets, platform } = await setUp();

  for (let run = 0; run < 3; run += 1) await report(lambda);

  expect(platform.tasks()).toHaveLength(3);
  expect(secrets.calls).toMatchObject([{ secretId: secretArn, region: 'us-west-2' }]);
});

test('a key that was rotated is read anew when the old one is refused', async () => {
  // Slow enough for the secret to change between the refusal and the first read.
  const faults = { kind: 'latency', ms: 300, times: 1 } as const;
  const { lambda, secrets, platform } = await setUp({ apiKeys: ['new-key'], faults });
  secrets.setSecret(secretArn, 'old-key');

  const run = report(lambda);
  await expect.poll(() => platform.requests().length).toBe(1);
  secrets.setSecret(secretArn, 'new-key');
  await run;

  expect(platform.tasks()).toHaveLength(1);
  expect(secrets.calls).toHaveLength(2);
  expect(lambda.logs.filter((line) => line.includes('xpander-lambda'))).toEqual([]);
});

test('a secret that could not be read is read again by the next run', async () => {
  const { lambda, secrets, platform } = await setUp();
  secrets.failWith('ResourceNotFoundException', 1);

  await report(lambda);
  await report(lambda);

  // The first report waited for the key as well.
  expect(platform.tasks()).toHaveLength(2);
  expect(lambda.logs.filter((line) => line.includes('undelivered report'))).toEqual([]);
});

async function report(lambda: Lambda): Promise<void> {
  const result = await lambda.invoke({ shape: 'text' });
  await result.settled;
  expect(result).toMatchObject({ kind: 'response', body: '"plain text"' });
}

async function setUp(options: LocalPlatformOptions = {}): Promise<{
  lambda: Lambda;
  secrets: SecretsManager;
  platform: LocalPlatform;
}> {
  const platform = await startLocalPlatform(options);
  const secrets = await startSecretsManager({ secrets: { [secretArn]: 'the-key' } });
  const lambda = await startSample('shapes.wrapped', {
    ...secrets.environment,
    XPANDER_BASE_URL: platform.url,
    XPANDER_API_KEY_SECRET: secretArn,
  });
  onTestFinished(() => platform.close());
  onTestFinished(() => secrets.close());
  onTestFinished(() => lambda.close());
  return { lambda, secrets, platform };
}
