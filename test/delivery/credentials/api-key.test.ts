import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createApiKeyProvider } from '../../../src/delivery/credentials/api-key.ts';
import { ApiKeyError } from '../../../src/errors.ts';
import {
  type SecretsManager,
  type ServiceError,
  startSecretsManager,
} from '../../support/secrets-manager.ts';

const secretId = 'xpander/api-key';
const source = { kind: 'secret', secretId } as const;

// What a developer's shell or a CI machine may have set, and the SDK would follow.
const strayVariables = [
  'AWS_PROFILE',
  'AWS_DEFAULT_REGION',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

async function secretsManager(
  secrets: Readonly<Record<string, string | Uint8Array>> = { [secretId]: 'xp-1' },
): Promise<SecretsManager> {
  const server = await startSecretsManager({ secrets });
  onTestFinished(() => server.close());
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
  for (const name of strayVariables) vi.stubEnv(name, undefined);
  return server;
}

async function rejectionOf(promise: Promise<unknown>): Promise<ApiKeyError> {
  const reason = await promise.then(
    () => expect.unreachable('it was resolved'),
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(ApiKeyError);
  return reason as ApiKeyError;
}

/** A clock that stands still until it is told otherwise. */
function clockAt(ms: number): { now: () => number; pass: (ms: number) => void } {
  let time = ms;
  return {
    now: () => time,
    pass: (passed) => {
      time += passed;
    },
  };
}

test('gives a fixed key without asking anyone', async () => {
  const server = await secretsManager();
  const provider = createApiKeyProvider({ kind: 'value', apiKey: ' xp-fixed\n' });

  provider.prefetch();

  expect(await provider.get()).toBe('xp-fixed');
  expect(provider.refused('xp-fixed')).toBe(false);
  expect(server.calls).toEqual([]);
});

test('refuses a fixed key that no header can carry, without showing it', async () => {
  const provider = createApiKeyProvider({ kind: 'value', apiKey: 'xp-1\nxp-2' });

  const error = await rejectionOf(provider.get());

  expect(error.message).toMatchInlineSnapshot(
    `"The value of apiKey or XPANDER_API_KEY is not usable as an API key: its character 5 is a line break. Store the key alone, without line breaks or quotes."`,
  );
});

test('reads the secret by name, signed for the region of the function', async () => {
  const server = await secretsManager();

  expect(await createApiKeyProvider(source).get()).toBe('xp-1');

  expect(server.calls).toEqual([{ secretId, region: 'eu-central-1', accessKeyId: 'AKIDEXAMPLE' }]);
});

test.each([
  ['aws', 'us-west-2'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-eusc', 'eusc-de-east-1'],
])('takes the region from an ARN in the partition %s', async (partition, region) => {
  const server = await secretsManager();
  const arn = `arn:${partition}:secretsmanager:${region}:123456789012:secret:${secretId}-AbCdEf`;

  expect(await createApiKeyProvider({ kind: 'secret', secretId: arn }).get()).toBe('xp-1');

  expect(server.calls).toEqual([{ secretId: arn, region, accessKeyId: 'AKIDEXAMPLE' }]);
});

test('reads an ARN even where the function has no region', async () => {
  await secretsManager();
  vi.stubEnv('AWS_REGION', undefined);
  const arn = `arn:aws:secretsmanager:us-west-2:123456789012:secret:${secretId}-AbCdEf`;

  expect(await createApiKeyProvider({ kind: 'secret', secretId: arn }).get()).toBe('xp-1');
});

test('takes the key from the field that is asked for', async () => {
  await secretsManager({ [secretId]: '{"api_key":"xp-1","live":"xp-live"}' });

  expect(await createApiKeyProvider({ ...source, field: 'live' }).get()).toBe('xp-live');
});

test('refuses a binary secret', async () => {
  await secretsManager({ [secretId]: Buffer.from('xp-1') });

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toMatchInlineSnapshot(
    `"The secret 'xpander/api-key' is binary. Store the API key as text."`,
  );
});

test('asks nothing before the key is needed', async () => {
  const server = await secretsManager();

  createApiKeyProvider(source);
  await createApiKeyProvider(source).get();

  expect(server.calls).toHaveLength(1);
});

test('shares one read among all who ask at the same time', async () => {
  const server = await secretsManager();
  const provider = createApiKeyProvider(source);

  provider.prefetch();
  const keys = await Promise.all([provider.get(), provider.get(), provider.get()]);

  expect(keys).toEqual(['xp-1', 'xp-1', 'xp-1']);
  expect(server.calls).toHaveLength(1);
});

test('has the key there once it was prefetched, and prefetches no fresh one', async () => {
  const server = await secretsManager();
  const provider = createApiKeyProvider(source);
  provider.prefetch();
  await vi.waitFor(async () => expect(await provider.get(AbortSignal.abort())).toBe('xp-1'));

  provider.prefetch();
  // By the time that another one has its key, a second prefetch would have been seen.
  await createApiKeyProvider(source).get();

  expect(server.calls).toHaveLength(2);
});

test('leaves no connection open behind a read', async () => {
  const server = await secretsManager();

  await createApiKeyProvider(source).get();

  await vi.waitFor(() => expect(server.openConnections).toBe(0));
});

test('ends the wait of a caller whose signal is aborted, and only that', async () => {
  const server = await secretsManager();
  const release = server.hold();
  const provider = createApiKeyProvider(source);
  const caller = new AbortController();
  const impatient = rejectionOf(provider.get(caller.signal));
  const patient = provider.get();
  await vi.waitFor(() => expect(server.calls).toHaveLength(1));

  caller.abort(new Error('the budget is spent'));
  const error = await impatient;
  release();

  expect(error.message).toMatchInlineSnapshot(
    `"The time was up before Secrets Manager had answered with the API key."`,
  );
  expect(error.cause).toEqual(new Error('the budget is spent'));
  expect(await patient).toBe('xp-1');
  expect(await provider.get()).toBe('xp-1');
  expect(server.calls).toHaveLength(1);
});

test('starts no read for a caller who has no time left', async () => {
  const server = await secretsManager();

  await rejectionOf(createApiKeyProvider(source).get(AbortSignal.abort()));
  // By the time that another one has its key, a read by the first would have been seen.
  await createApiKeyProvider(source).get();

  expect(server.calls).toHaveLength(1);
});

test('keeps the key for fifteen minutes', async () => {
  const server = await secretsManager();
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now });
  await provider.get();
  server.setSecret(secretId, 'xp-2');

  clock.pass(15 * 60_000 - 1);
  const before = await provider.get();
  clock.pass(1);
  const after = await provider.get();

  expect([before, after]).toEqual(['xp-1', 'xp-2']);
  expect(server.calls).toHaveLength(2);
});

test('renews an expired key in the background', async () => {
  const server = await secretsManager();
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now, ttlMs: 1000 });
  await provider.get();
  server.setSecret(secretId, 'xp-2');
  clock.pass(1000);

  provider.prefetch();

  await vi.waitFor(async () => expect(await provider.get(AbortSignal.abort())).toBe('xp-2'));
});

test('reads again after the clock was set back', async () => {
  const server = await secretsManager();
  const clock = clockAt(1_000_000);
  const provider = createApiKeyProvider(source, { now: clock.now });
  await provider.get();
  server.setSecret(secretId, 'xp-2');

  clock.pass(-1);

  expect(await provider.get()).toBe('xp-2');
});

test('keeps using an expired key while it cannot be read again', async () => {
  const server = await secretsManager();
  const clock = clockAt(0);
  const onRefreshFailed = vi.fn<(error: ApiKeyError) => void>();
  const provider = createApiKeyProvider(source, { now: clock.now, ttlMs: 1000, onRefreshFailed });
  await provider.get();
  server.failWith('AccessDeniedException');

  clock.pass(1000);
  const first = await provider.get();
  clock.pass(59_999);
  const withinMinute = await provider.get();
  const callsInMinute = server.calls.length;
  clock.pass(1);
  const afterMinute = await provider.get();
  server.recover();
  server.setSecret(secretId, 'xp-2');
  clock.pass(60_000);
  const recovered = await provider.get();

  expect([first, withinMinute, afterMinute, recovered]).toEqual(['xp-1', 'xp-1', 'xp-1', 'xp-2']);
  expect(callsInMinute).toBe(2);
  expect(onRefreshFailed.mock.calls).toEqual([
    [expect.any(ApiKeyError)],
    [expect.any(ApiKeyError)],
  ]);
});

test('shares a failure for a second, so that a delivery does not repeat its prefetch', async () => {
  const server = await secretsManager({});
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now });
  provider.prefetch();
  const first = await rejectionOf(provider.get());
  server.setSecret(secretId, 'xp-1');

  clock.pass(999);
  const second = await rejectionOf(provider.get());
  clock.pass(1);
  const key = await provider.get();

  expect(second).toBe(first);
  expect(key).toBe('xp-1');
  expect(server.calls).toHaveLength(2);
});

test('tries again with the next prefetch after a failure, however soon', async () => {
  const server = await secretsManager({});
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now });
  await rejectionOf(provider.get());
  server.setSecret(secretId, 'xp-1');

  provider.prefetch();

  expect(await provider.get()).toBe('xp-1');
});

test('forgets a failure once the key was read', async () => {
  const server = await secretsManager({});
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now });
  await rejectionOf(provider.get());
  server.setSecret(secretId, 'xp-1');
  provider.prefetch();

  provider.refused(await provider.get());

  expect(await provider.get()).toBe('xp-1');
});

test('reads a refused key again, once a minute at most', async () => {
  const server = await secretsManager();
  const clock = clockAt(0);
  const provider = createApiKeyProvider(source, { now: clock.now });
  const key = await provider.get();

  const first = provider.refused(key);
  await provider.get();
  clock.pass(59_999);
  const again = provider.refused(key);
  await provider.get();
  const callsInMinute = server.calls.length;
  clock.pass(1);
  server.setSecret(secretId, 'xp-2');
  const afterMinute = provider.refused(key);
  const rotated = await provider.get();

  expect([first, again, afterMinute]).toEqual([true, false, true]);
  expect(callsInMinute).toBe(2);
  expect(rotated).toBe('xp-2');
});

test('shares one read among runs whose key was refused at the same time', async () => {
  const server = await secretsManager();
  const provider = createApiKeyProvider(source);
  const key = await provider.get();
  server.setSecret(secretId, 'xp-2');

  const refusals = [provider.refused(key), provider.refused(key)];
  const keys = await Promise.all([provider.get(), provider.get()]);
  const late = provider.refused(key);

  expect(refusals).toEqual([true, true]);
  expect(keys).toEqual(['xp-2', 'xp-2']);
  expect(late).toBe(true);
  expect(await provider.get()).toBe('xp-2');
  expect(server.calls).toHaveLength(2);
});

test('does not fall back to a refused key when it cannot be read again', async () => {
  const server = await secretsManager();
  const provider = createApiKeyProvider(source);
  provider.refused(await provider.get());

  server.failWith('AccessDeniedException');

  expect((await rejectionOf(provider.get())).message).toContain('may not read');
});

test('does not join a read that was frozen with an earlier invocation', async () => {
  const server = await secretsManager();
  const clock = clockAt(0);
  const onRefreshFailed = vi.fn<(error: ApiKeyError) => void>();
  const options = { now: clock.now, timeoutMs: 300, onRefreshFailed };
  const provider = createApiKeyProvider(source, options);
  server.failWith('hang', 1);
  const frozen = rejectionOf(provider.get());
  await vi.waitFor(() => expect(server.calls).toHaveLength(1));

  clock.pass(10_000);
  const thawed = await provider.get();
  await frozen;

  expect(thawed).toBe('xp-1');
  expect(await provider.get()).toBe('xp-1');
  expect(server.calls).toHaveLength(2);
  expect(onRefreshFailed).not.toHaveBeenCalled();
});

test('retries a throttled request once by itself', async () => {
  const server = await secretsManager();
  server.failWith('ThrottlingException', 1);

  expect(await createApiKeyProvider(source).get()).toBe('xp-1');
  expect(server.calls).toHaveLength(2);
});

test('retries a broken connection once by itself', async () => {
  const server = await secretsManager();
  server.failWith('drop', 1);

  expect(await createApiKeyProvider(source).get()).toBe('xp-1');
  expect(server.calls).toHaveLength(2);
});

const refusals: readonly (readonly [ServiceError, requests: number, message: string])[] = [
  [
    'ResourceNotFoundException',
    1,
    "There is no secret 'xpander/api-key' in eu-central-1, or it has no value yet. Check its name; for a secret in another region give its ARN.",
  ],
  [
    'AccessDeniedException',
    1,
    "The function may not read secret 'xpander/api-key' in eu-central-1. Allow its role secretsmanager:GetSecretValue on the secret and, if a customer-managed key encrypts it, kms:Decrypt on that key.",
  ],
  [
    'DecryptionFailure',
    1,
    "KMS did not decrypt secret 'xpander/api-key' in eu-central-1. Allow the function's role kms:Decrypt on the secret's key, and check that the key is enabled.",
  ],
  [
    'InvalidRequestException',
    1,
    "The secret 'xpander/api-key' in eu-central-1 cannot be read in its present state. Check that it is not scheduled for deletion.",
  ],
  [
    'ValidationException',
    1,
    "AWS does not accept the name of secret 'xpander/api-key' in eu-central-1. Give the secret's name as the console shows it, or its ARN.",
  ],
  [
    'ExpiredTokenException',
    1,
    "AWS did not accept the credentials for reading secret 'xpander/api-key' in eu-central-1 (ExpiredTokenException). Renew them, and check that the account may use this region.",
  ],
  [
    'ThrottlingException',
    2,
    "Secrets Manager throttled reading secret 'xpander/api-key' in eu-central-1. It is asked again at the next need; if this lasts, ask AWS for a higher quota.",
  ],
  [
    'InternalServiceError',
    2,
    "Secrets Manager did not hand out secret 'xpander/api-key' in eu-central-1 (InternalServiceError). It is asked again at the next need.",
  ],
];

test.each(refusals)('explains %s after %i request(s)', async (failure, requests, message) => {
  const server = await secretsManager();
  server.failWith(failure);

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toBe(message);
  expect(error.cause).toMatchObject({ name: failure });
  expect(server.calls).toHaveLength(requests);
});

test('gives up when the connection keeps breaking', async () => {
  const server = await secretsManager();
  server.failWith('drop');

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toMatchInlineSnapshot(
    `"Secrets Manager did not answer for secret 'xpander/api-key' in eu-central-1 (ECONNRESET). In a VPC it takes a NAT gateway or a VPC endpoint for Secrets Manager to reach it."`,
  );
  expect(server.calls).toHaveLength(2);
});

test('gives up when nothing listens', async () => {
  const server = await secretsManager();
  await server.close();

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toMatchInlineSnapshot(
    `"Secrets Manager did not answer for secret 'xpander/api-key' in eu-central-1 (ECONNREFUSED). In a VPC it takes a NAT gateway or a VPC endpoint for Secrets Manager to reach it."`,
  );
});

test('gives up when Secrets Manager hangs, and frees the connection', async () => {
  const server = await secretsManager();
  server.failWith('hang');

  const error = await rejectionOf(createApiKeyProvider(source, { timeoutMs: 300 }).get());

  expect(error.message).toMatchInlineSnapshot(
    `"Secrets Manager did not answer for secret 'xpander/api-key' in eu-central-1 within 300 ms. In a VPC it takes a NAT gateway or a VPC endpoint for Secrets Manager to reach it."`,
  );
  expect(error.cause).toMatchObject({ name: 'TimeoutError' });
  await vi.waitFor(() => expect(server.openConnections).toBe(0));
});

test('gives up when the credentials hang', async () => {
  await secretsManager();
  const credentials = createServer().listen(0, '127.0.0.1');
  await once(credentials, 'listening');
  onTestFinished(() => {
    credentials.closeAllConnections();
    credentials.close();
  });
  const { port } = credentials.address() as AddressInfo;
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/`);

  const error = await rejectionOf(createApiKeyProvider(source, { timeoutMs: 300 }).get());

  expect(error.message).toContain('did not answer');
});

test('says that credentials are missing', async () => {
  await secretsManager();
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toMatchInlineSnapshot(
    `"There are no AWS credentials to read secret 'xpander/api-key' in eu-central-1. Give the function an execution role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."`,
  );
  expect(error.cause).toMatchObject({ name: 'CredentialsProviderError' });
});

test('says that the region is not known', async () => {
  await secretsManager();
  vi.stubEnv('AWS_REGION', undefined);

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(error.message).toMatchInlineSnapshot(
    `"The AWS region of secret 'xpander/api-key' is not known. Set AWS_REGION, or give the secret's ARN."`,
  );
});

test('refuses the ARN of something else before it asks', async () => {
  const server = await secretsManager();
  const arn = 'arn:aws:ssm:us-west-2:123456789012:parameter/xpander';

  const error = await rejectionOf(createApiKeyProvider({ kind: 'secret', secretId: arn }).get());

  expect(error.message).toMatchInlineSnapshot(
    `"'arn:aws:ssm:us-west-2:123456789012:parameter/xpander' is not the ARN of a secret. Give a secret's name, or an ARN such as arn:aws:secretsmanager:eu-west-1:123456789012:secret:xpander/api-key-AbCdEf."`,
  );
  expect(server.calls).toEqual([]);
});

test.each([
  ['is cut off', '{"SecretString":"xp-very-secret'],
  ['is not JSON', '{"SecretString":xp-very-secret}'],
  ['is not an object', '"xp-very-secret"'],
  ['has text that is no text', '{"SecretString":{"a":"xp-very-secret"}}'],
  ['has the wrong types', '{"SecretString":{"a":"xp-very-secret"},"SecretBinary":[1]}'],
])('keeps the secret out of the error when the answer %s', async (_, body) => {
  const server = await secretsManager();
  server.answerWith(body);

  const error = await rejectionOf(createApiKeyProvider(source).get());

  expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(
    'xp-very',
  );
});

test('loads the SDK only when a secret is read, and names the file that is missing', async () => {
  const { output, folder } = await readSecretWith(undefined);

  expect(output.replaceAll(folder, '.')).toMatchInlineSnapshot(`
    "xp-fixed
    made
    The AWS client that reads the secret could not be loaded: Cannot find module './delivery/credentials/secrets-manager.ts' imported from ./delivery/credentials/load-secrets-manager.ts. Deploy every file that your bundler writes, or all of node_modules/xpander-lambda, or set XPANDER_API_KEY to the key itself.
    "
  `);
});

test('names the cause when the SDK fails while it loads', async () => {
  const { output } = await readSecretWith(
    `throw new Error('Dynamic require of "node:fs" is not supported');`,
  );

  expect(output).toMatchInlineSnapshot(`
    "xp-fixed
    made
    The AWS client that reads the secret could not be loaded: Dynamic require of "node:fs" is not supported. Bundle for Node.js, see docs/bundlers.md of xpander-lambda, or set XPANDER_API_KEY to the key itself.
    "
  `);
});

/** Reads a fixed key, then a secret, where the SDK's file is missing or holds this code. */
async function readSecretWith(
  sdk: string | undefined,
): Promise<{ readonly output: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'xpander-lambda-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = [
    'errors.ts',
    'base/error-code.ts',
    'base/time-limit.ts',
    'base/until-aborted.ts',
    'delivery/credentials/api-key.ts',
    'delivery/credentials/fetch-secret.ts',
    'delivery/credentials/load-secrets-manager.ts',
    'delivery/credentials/secret-value.ts',
    'delivery/execution-environment/cpu-share.ts',
    'delivery/execution-environment/loading-time.ts',
  ];
  for (const file of files) await cp(join('src', file), join(folder, file));
  if (sdk !== undefined)
    await writeFile(join(folder, 'delivery/credentials/secrets-manager.ts'), sdk);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(folder, 'main.ts'),
    `import { createApiKeyProvider } from './delivery/credentials/api-key.ts';
    console.log(await createApiKeyProvider({ kind: 'value', apiKey: 'xp-fixed' }).get());
    const provider = createApiKeyProvider({ kind: 'secret', secretId: 'xpander/api-key' });
    console.log('made');
    await provider.get().catch((error) => console.log(error.message));`,
  );
  const child = spawn(process.execPath, [join(folder, 'main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { output: await text(child.stdout), folder };
}
