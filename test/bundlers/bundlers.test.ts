/** The API key from a secret, in functions that are bundled, in the real runtime. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { startLambda } from '../support/lambda/lambda.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { bundleCases } from './bundle-cases.ts';
import { type BundlerProject, createBundlerProject } from './bundler-project.ts';

const secretId = 'xpander/api-key';
let project: BundlerProject;
let platform: LocalPlatform;
let secrets: SecretsManager;

beforeAll(async () => {
  await using started = new AsyncDisposableStack();
  project = started.use(await createBundlerProject());
  platform = started.use(await startLocalPlatform({ apiKeys: ['key-of-the-secret'] }));
  secrets = started.use(
    await startSecretsManager({ secrets: { [secretId]: 'key-of-the-secret' } }),
  );
  const all = started.move();
  return () => all.disposeAsync();
});

describe.each(bundleCases)('$name', (bundleCase) => {
  let taskRoot: string;

  beforeAll(async () => {
    taskRoot = await project.bundle(bundleCase);
  });

  test.each(['nodejs24.x', 'nodejs22.x'] as const)('reports on %s', (runtime) =>
    expectReport({ runtime, taskRoot, handler: bundleCase.handler }),
  );
});

test('a bundle also holds the credential providers', async () => {
  const [bundleCase] = bundleCases;
  const taskRoot = await project.bundle({ ...bundleCase!, name: 'profile' });
  const credentials = join(taskRoot, 'credentials');
  await writeFile(
    credentials,
    '[agents]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = not-a-real-key\n',
  );

  await expectReport({
    runtime: 'nodejs24.x',
    taskRoot,
    environment: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_PROFILE: 'agents',
      AWS_SHARED_CREDENTIALS_FILE: credentials,
    },
  });

  expect(secrets.calls.at(-1)).toMatchObject({ accessKeyId: 'AKIDPROFILE' });
});

interface DeployedFunction {
  readonly runtime: ManagedRuntime;
  readonly taskRoot: string;
  readonly handler?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

async function expectReport(deployed: DeployedFunction): Promise<void> {
  const { runtime, taskRoot, handler = 'agent.handler', environment } = deployed;
  await using lambda = await startLambda({
    runtime,
    taskRoot,
    handler,
    timeoutMs: 10_000,
    memoryMb: 512,
    environment: {
      ...secrets.environment,
      XPANDER_BASE_URL: platform.url,
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: secretId,
      ...environment,
    },
  });

  const result = await lambda.invoke({ question: 'why?' });
  await result.settled;

  expect(result).toMatchObject({ kind: 'response', body: '"answer to why?"' });
  expect(lambda.logs.filter((line) => line.includes('xpander-lambda'))).toEqual([]);
  expect(lambda.timeline.map(({ what }) => what)).toContain('extension-registered');
  expect(await platform.waitForTask(result.requestId)).toMatchObject({
    result: 'answer to why?',
    usedTools: ['search'],
  });
}
