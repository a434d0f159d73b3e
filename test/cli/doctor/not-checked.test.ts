/** Findings of the doctor for settings that it cannot check. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../infra/deploy/emulator.ts';
import { ensurePython } from '../../infra/deploy/ensure-python.ts';
import { examine, runDoctor } from './run-doctor.ts';
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

  test('marks a check as unknown if AWS is unreachable', async () => {
    const secret = await createSecret(emulator);
    const name = await createFunction(emulator, {
      Layers: [reporter],
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      variables: { ...wrapper, XPANDER_AGENT_ID: 'agent-123', XPANDER_API_KEY_SECRET: secret },
    });
    const unreachable = {
      ...emulator.environment,
      AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1',
    };

    const { byCheck, exitCode } = await examine(name, unreachable);

    expect(byCheck['role']).toMatchObject({
      status: 'unknown',
      message: expect.stringMatching(/iam:SimulatePrincipalPolicy failed \(ECONNREFUSED\)/),
    });
    expect(byCheck['network']).toMatchObject({ status: 'unknown' });
    expect(exitCode).toBe(0);
  });

  test('marks a check as unknown if access is denied', async () => {
    const name = await createFunction(emulator, {
      Layers: [reporter],
      variables: { ...wrapper, XPANDER_AGENT_ID: 'agent-123', XPANDER_API_KEY_SECRET: 'the-key' },
    });

    const { byCheck, exitCode } = await examine(name, {
      ...emulator.environment,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await startDenyingService(),
    });

    expect(byCheck['secret']).toEqual({
      check: 'secret',
      status: 'unknown',
      message:
        "Could not check the secret 'the-key' in eu-central-1: you are not allowed to call secretsmanager:DescribeSecret.",
    });
    expect(exitCode).toBe(0);
  });

  test.for([
    [
      'an unreachable AWS endpoint',
      'any',
      { AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1' },
      /in eu-central-1: lambda:GetFunctionConfiguration failed \(ECONNREFUSED\)/,
    ],
    [
      'an unknown function',
      'no-such-function',
      {},
      /The function 'no-such-function' does not exist in eu/,
    ],
    ['no credentials', 'any', { AWS_ACCESS_KEY_ID: '' }, /No valid AWS credentials found/],
    [
      'no region',
      'any',
      { AWS_REGION: '', AWS_DEFAULT_REGION: '' },
      /No AWS region\. Use --region/,
    ],
  ] as const)('explains %s in one error line', async ([, name, changes, message]) => {
    const { exitCode, stderr, stdout } = await runDoctor([name], {
      ...emulator.environment,
      ...changes,
    });

    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});

/** A Secrets Manager that denies access. */
async function startDenyingService(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end('{"__type":"AccessDeniedException","Message":"not authorized"}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
