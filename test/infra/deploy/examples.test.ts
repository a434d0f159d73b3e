/** The examples of the docs: deployed if possible, otherwise parsed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { startLocalPlatform } from '../../../src/local/server/local-platform.ts';
import { examine } from '../../cli/doctor/run-doctor.ts';
import {
  builtLayer,
  createSecret,
  publishLayer,
  theKey,
} from '../../cli/doctor/sample-deployment.ts';
import { cdk } from './cdk.ts';
import { startDeployed } from './deployed-run.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { ensurePython } from './ensure-python.ts';
import { runTool, succeed } from './python-tool.ts';

const python = await ensurePython();
const examples = fileURLToPath(new URL('../../../docs/examples', import.meta.url));

describe.skipIf(python.kind === 'missing')('examples', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator(python);
  });
  afterAll(() => emulator?.close());

  test('the SAM template is valid, deploys, and its function is reported', async () => {
    const platform = await startLocalPlatform({ apiKeys: [theKey] });
    onTestFinished(() => platform.close());
    const secret = await createSecret(emulator);
    const layer = await publishLayer(emulator, 'xpander-lambda', builtLayer('reporter'));

    const lint = await runTool(python, 'cfn-lint', ['--', `${examples}/sam/template.yaml`]);
    const name = await deploySam(emulator, [
      `LayerArn=${layer}`,
      'AgentId=agent-123',
      `ApiKeySecretArn=${secret}`,
    ]);
    const { findings } = await examine(name, emulator.environment);
    const lambda = await startDeployed(emulator, name, platform.url);
    const result = await lambda.invoke({ question: 'why?' });
    await result.settled;

    expect(lint).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(result).toMatchObject({ body: '{"answer":"You asked: why?"}' });
    expect(platform.tasks('agent-123')).toMatchObject([{ id: result.requestId }]);
  });

  test('the Terraform function uses all outputs of the module', async () => {
    const main = await readHcl('main.tf');
    const module = await readHcl('task-reporting/main.tf');

    expect(main).toMatchObject({
      module: [
        {
          task_reporting: {
            source: './task-reporting',
            layer_arn: reference('var.layer_arn'),
            agent_id: reference('var.agent_id'),
            api_key_secret_arn: expect.stringContaining('aws_secretsmanager_secret.api_key.arn'),
          },
        },
      ],
      resource: expect.arrayContaining([
        {
          aws_lambda_function: {
            agent: expect.objectContaining({
              layers: reference('module.task_reporting.layers'),
              environment: [{ variables: reference('module.task_reporting.environment') }],
            }),
          },
        },
        {
          aws_iam_role_policy: {
            task_reporting: expect.objectContaining({
              policy: reference('module.task_reporting.policy'),
            }),
          },
        },
      ]),
    });
    expect(module).toMatchObject({
      variable: [
        { layer_arn: {} },
        { agent_id: {} },
        { api_key_secret_arn: {} },
        { api_key_kms_key_arn: {} },
        { next_exec_wrapper: {} },
      ],
      output: [
        { layers: { value: [reference('var.layer_arn')] } },
        {
          environment: { value: expect.stringContaining('/opt/xpander-lambda/exec-wrapper') },
        },
        { policy: { value: expect.stringContaining('secretsmanager:GetSecretValue') } },
      ],
    });
  });

  // The framework itself is not run, because it requires an account.
  test('the Serverless Framework example configures the function like SAM', () => {
    const sam = parse(read('sam/template.yaml'), { customTags: [refTag] }).Resources.Agent
      .Properties;
    const { provider, functions, custom } = parse(read('serverless/serverless.yml'));

    expect(Object.keys(provider.environment)).toEqual(Object.keys(sam.Environment.Variables));
    expect(provider).toMatchObject({
      runtime: sam.Runtime,
      timeout: sam.Timeout,
      memorySize: sam.MemorySize,
      layers: [reference('self:custom.layerArn')],
      environment: { AWS_LAMBDA_EXEC_WRAPPER: sam.Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER },
      iam: { role: { statements: [{ Action: 'secretsmanager:GetSecretValue' }] } },
    });
    expect(functions.agent.handler).toBe(sam.Handler);
    expect(Object.keys(custom)).toEqual(['layerArn', 'apiKeySecretArn']);
    expect(read('serverless/index.mjs')).toBe(read('agent/index.mjs'));
  });

  test('cfn-lint finds nothing in the template of the CDK example', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cdk-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const app = runnableApp();

    await cdk(['synth', '--quiet', '--output', folder, '--app', `node ${app}`]);
    const template = join(folder, 'MyAgent.template.json');
    const args = ['--ignore-checks', 'W3005', '--', template];
    const lint = await runTool(python, 'cfn-lint', args);

    expect(lint).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(template, 'utf8')).toContain('/opt/xpander-lambda/exec-wrapper');
  });

  async function deploySam(to: Emulator, parameters: readonly string[]): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'sam-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { environment } = to;
    const aws = (...args: string[]): Promise<string> =>
      succeed(runTool(python, 'aws', args, { environment }));
    const packaged = ['--s3-bucket', 'code', '--template-file', `${examples}/sam/template.yaml`];
    const stack = ['--stack-name', 'sam-example'];

    await aws('s3', 'mb', 's3://code');
    const template = await aws('cloudformation', 'package', ...packaged, '--use-json');
    const stdin = template.slice(template.indexOf('{'));
    // moto does not support SAM, so AWS's translator transforms the template first.
    const transform = ['-m', 'emulator.transform_sam'];
    const transformed = await succeed(runTool(python, 'python', transform, { stdin, environment }));
    writeFileSync(join(folder, 'template.json'), transformed);
    const file = ['--template-file', join(folder, 'template.json')];
    const settings = ['--capabilities', 'CAPABILITY_IAM', '--parameter-overrides', ...parameters];
    await aws('cloudformation', 'deploy', ...stack, ...file, ...settings);
    const query = ['--query', 'Stacks[0].Outputs[0].OutputValue', '--output', 'text'];
    return (await aws('cloudformation', 'describe-stacks', ...stack, ...query)).trim();
  }

  async function readHcl(file: string): Promise<unknown> {
    const program = 'import hcl2, json, sys; print(json.dumps(hcl2.load(sys.stdin)))';
    const stdin = read(`terraform/${file}`);
    const found = await succeed(runTool(python, 'python', ['-c', program], { stdin }));
    return JSON.parse(found, withoutMarks);
  }
});

/** The parser keeps the quotes of names and texts, and says what is a block. */
function withoutMarks(_: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/^"|"$/g, '');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__is_block__');
  return Object.fromEntries(entries.map(([name, of]) => [name.replaceAll('"', ''), of]));
}

function reference(to: string): string {
  return `\${${to}}`;
}

const refTag = { tag: '!Ref', resolve: (text: string) => ({ Ref: text }) };

function read(file: string): string {
  return readFileSync(join(examples, file), 'utf8');
}

/** The app as it is, with this repository's sources in the place of the package. */
function runnableApp(): string {
  const file = join(examples, 'cdk', `app.${process.pid}.mjs`);
  const cdkIndex = new URL('../../../infra/index.ts', import.meta.url).href;
  writeFileSync(file, read('cdk/app.mjs').replace("'xpander-lambda/cdk'", `'${cdkIndex}'`));
  onTestFinished(() => rmSync(file));
  return file;
}
