/** Findings of the doctor on the secret with the API key and the role that reads it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, type Emulator, region, startEmulator } from '../../infra/deploy/emulator.ts';
import { ensurePython } from '../../infra/deploy/ensure-python.ts';
import { examine } from './run-doctor.ts';
import {
  builtLayer,
  createFunction,
  createSecret,
  publishLayer,
  wrapper,
} from './sample-deployment.ts';

const python = await ensurePython();

describe.skipIf(python.kind === 'missing')('doctor', () => {
  let emulator: Emulator;
  let reporter: string;

  beforeAll(async () => {
    emulator = await startEmulator(python);
    reporter = await publishLayer(emulator, 'xpander-lambda', builtLayer('reporter'));
  });
  afterAll(() => emulator?.close());

  test.for([
    ['that is denied access', 'Deny', 'problem', /a policy denies it/],
    ['without permission', undefined, 'problem', /cannot read the secret\.$/],
    ['with permission', 'Allow', 'ok', /can read/],
  ] as const)('simulates the policies of a role %s', async ([, Effect, status, message]) => {
    const secret = await createSecret(emulator);
    const allows = Effect && [{ Effect, Action: 'secretsmanager:*', Resource: '*' }];
    const name = await createFunction(emulator, {
      Layers: [reporter],
      variables: { ...wrapper, XPANDER_API_KEY_SECRET: secret },
      ...(allows && { allows }),
    });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['role']).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test('checks the permission to decrypt the secret', async () => {
    const key = `arn:aws:kms:${region}:${account}:key/1234abcd`;
    const secret = await createSecret(emulator, { KmsKeyId: key });
    const reads = { Action: 'secretsmanager:GetSecretValue', Resource: secret };
    const settings = {
      Layers: [reporter],
      variables: { ...wrapper, XPANDER_API_KEY_SECRET: secret },
    };
    const without = await createFunction(emulator, { ...settings, allows: [reads] });
    const withIt = await createFunction(emulator, {
      ...settings,
      allows: [reads, { Action: 'kms:Decrypt', Resource: key }],
    });

    const found = [
      (await examine(without, emulator.environment)).byCheck['decryption'],
      (await examine(withIt, emulator.environment)).byCheck['decryption'],
    ];

    expect(found).toMatchObject([
      { status: 'warning', fix: [expect.stringContaining(key)] },
      { status: 'ok' },
    ]);
  });

  test('reports a secret without a value as a problem', async () => {
    const secret = await createSecret(emulator, { empty: true });
    const name = await createFunction(emulator, {
      Layers: [reporter],
      variables: { ...wrapper, XPANDER_API_KEY_SECRET: secret },
    });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['secret']).toMatchObject({
      status: 'problem',
      fix: [expect.stringContaining('put-secret-value')],
    });
  });
});
