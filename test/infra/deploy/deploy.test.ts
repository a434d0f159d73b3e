/** Deploys the app with the cdk command to an AWS emulator and runs the deployed function. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionUrlConfigCommand,
  GetLayerVersionPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../../src/local/server/local-platform.ts';
import { examine } from '../../cli/doctor/run-doctor.ts';
import { reportsOf } from '../../support/reports-of.ts';
import { clientOf } from './aws-client.ts';
import { cdk } from './cdk.ts';
import { readLayer, startDeployed } from './deployed-run.ts';
import { account, type Emulator, region, startEmulator } from './emulator.ts';
import { ensurePython } from './ensure-python.ts';
import { runTool } from './python-tool.ts';

const python = await ensurePython();

describe.skipIf(python.kind === 'missing')('the app', () => {
  let emulator: Emulator;
  let folder: string;
  let layers: Record<string, string>;
  let sample: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cdk-'));
    emulator = await startEmulator(python);
    const outputs = await deployAll(emulator, folder);
    layers = outputs['XpanderLambdaLayers']!;
    sample = outputs['XpanderLambdaSample']!;
  });
  afterAll(async () => {
    await emulator?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a deployed agent is reported by its layer', async () => {
    const platform = await startLocalPlatform({ apiKeys: ['key-of-the-test'] });
    onTestFinished(() => platform.close());
    await putKey(emulator, sample['SecretArn']!);
    const lambda = await startDeployed(emulator, sample['FunctionName']!, platform.url);

    const result = await lambda.invoke({ question: 'Who was the first?' });
    await result.settled;

    expect(result).toMatchObject({
      kind: 'response',
      body: '{"answer":"That is a question of 4 words."}',
    });
    expect(reportsOf(platform, { awsRequestId: result.requestId })).toMatchObject([
      {
        input: '{"question":"Who was the first?"}',
        result: '{"answer":"That is a question of 4 words."}',
        is_success: true,
      },
    ]);
    expect(platform.tasks('sample-agent')).toHaveLength(1);
    expect(lambda.logs.filter((line) => line.includes('xpander-lambda'))).toEqual([]);
  });

  test('both layers are published unchanged', async () => {
    const reporter = await readLayer(emulator, layers['ReporterLayerArn']!);
    const sentinel = await readLayer(emulator, layers['SentinelLayerArn']!);

    expect(Buffer.compare(reporter, builtZip('reporter'))).toBe(0);
    expect(Buffer.compare(sentinel, builtZip('sentinel'))).toBe(0);
  });

  test('the layers are shared as the context says, and SSM parameters contain their ARNs', async () => {
    const lambda = new LambdaClient(clientOf(emulator));
    const [, LayerName, version] = /^(.+):(\d+)$/.exec(layers['ReporterLayerArn']!)!;

    const { Policy } = await lambda.send(
      new GetLayerVersionPolicyCommand({ LayerName, VersionNumber: Number(version) }),
    );
    const parameter = await runTool(
      python,
      'aws',
      ['ssm', 'get-parameter', '--name', '/xpander-lambda/reporter-layer-arn'],
      { environment: emulator.environment },
    );

    expect(JSON.parse(Policy!).Statement).toMatchObject([
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } },
      { Principal: '111122223333' },
    ]);
    expect(JSON.parse(parameter.stdout).Parameter.Value).toBe(layers['ReporterLayerArn']);
  });

  test('the Function URL requires AWS credentials', async () => {
    const { FunctionName, FunctionUrl } = sample;

    const config = await new LambdaClient(clientOf(emulator)).send(
      new GetFunctionUrlConfigCommand({ FunctionName }),
    );

    expect(config).toMatchObject({ AuthType: 'AWS_IAM', FunctionUrl });
  });

  test('the doctor finds no problems', async () => {
    const { findings, reportedBy } = await examine(sample['FunctionName']!, emulator.environment);

    expect(reportedBy).toBe('layer');
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test('cfn-lint finds nothing in the templates', async () => {
    const templates = ['XpanderLambdaLayers', 'XpanderLambdaSample'].map((name) =>
      join(folder, `${name}.template.json`),
    );

    // W3005: the CDK says of a function that it depends on its role, which its reference says too.
    const result = await runTool(python, 'cfn-lint', [
      '--ignore-checks',
      'W3005',
      '--',
      ...templates,
    ]);

    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

async function deployAll(
  emulator: Emulator,
  assembly: string,
): Promise<Record<string, Record<string, string>>> {
  const share = 'xpander:share=o-abcdefghij,111122223333';
  await cdk(['synth', '--quiet', '--output', assembly, '--context', share]);
  const app = ['--app', assembly];
  const outputs = join(assembly, 'outputs.json');
  await cdk(['bootstrap', ...app, `aws://${account}/${region}`], emulator.environment);
  const deploy = ['deploy', '--all', '--require-approval', 'never'];
  await cdk([...deploy, ...app, '--outputs-file', outputs], emulator.environment);
  return JSON.parse(readFileSync(outputs, 'utf8'));
}

async function putKey(emulator: Emulator, SecretId: string): Promise<void> {
  await new SecretsManagerClient(clientOf(emulator)).send(
    new PutSecretValueCommand({ SecretId, SecretString: 'key-of-the-test' }),
  );
}

function builtZip(name: string): Uint8Array {
  return readFileSync(new URL(`../../../layer/dist/${name}.zip`, import.meta.url));
}
