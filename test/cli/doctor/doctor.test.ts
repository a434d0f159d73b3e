/** `xpander-lambda doctor` against functions deployed to an AWS emulator. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../infra/deploy/emulator.ts';
import { ensurePython } from '../../infra/deploy/ensure-python.ts';
import { examine, runDoctor } from './run-doctor.ts';
import {
  builtLayer,
  createFunction,
  createSecret,
  publishLayer,
  theKey,
  variablesOf,
  wrapper,
} from './sample-deployment.ts';

const python = await ensurePython();

describe.skipIf(python.kind === 'missing')('doctor', () => {
  let emulator: Emulator;
  let reporter: string;
  let sentinel: string;

  beforeAll(async () => {
    emulator = await startEmulator(python);
    reporter = await publishLayer(emulator, 'company-reporter', builtLayer('reporter'));
    sentinel = await publishLayer(emulator, 'company-sentinel', builtLayer('sentinel'));
  });
  afterAll(() => emulator?.close());

  test('finds no problems in a correctly configured function', async () => {
    const secret = await createSecret(emulator);
    const name = await createFunction(emulator, {
      Layers: [reporter, sentinel],
      MemorySize: 512,
      variables: { ...wrapper, XPANDER_AGENT_ID: 'agent-123', XPANDER_API_KEY_SECRET: secret },
      allows: [{ Action: 'secretsmanager:GetSecretValue', Resource: secret }],
    });

    const { exitCode, stdout, stderr } = await runDoctor([name], emulator.environment);

    expect(stdout.replaceAll(name, 'NAME').replaceAll(secret, 'SECRET')).toMatchInlineSnapshot(`
      "NAME in eu-central-1, reported by the layer

      ok    runtime       nodejs24.x is supported.
      ok    architecture  x86_64 is supported.
      ok    layer         arn:aws:lambda:eu-central-1:123456789012:layer:company-reporter:1 is attached. It matches this version of xpander-lambda.
      ok    wrapper       /opt/xpander-lambda/exec-wrapper
      ok    sentinel      arn:aws:lambda:eu-central-1:123456789012:layer:company-sentinel:1 is attached. It matches this version of xpander-lambda.
      ok    memory        512 MB is enough.
      ok    agent         Tasks are reported for 'agent-123'.
      ok    key           The API key is in the secret 'SECRET'.
      ok    variables     All values are valid.
      ok    secret        The secret 'SECRET' exists in eu-central-1. Its value was not read.
      ok    role          The role can read the secret.
      ok    timeout       30 s leaves time for a delivery, which can take 3 s.
      ok    logging       Undelivered reports are visible in the text log.

      No problems found.
      "
    `);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('lists all missing settings of an unreported function in the order to fix them', async () => {
    const name = await createFunction(emulator, { Timeout: 3, Runtime: 'nodejs20.x' });

    const { exitCode, reportedBy, findings } = await examine(name, emulator.environment);

    expect(exitCode).toBe(1);
    expect(reportedBy).toBe('nothing');
    expect(
      findings.filter(({ status }) => status !== 'ok').map(({ check, status }) => [check, status]),
    ).toEqual([
      ['runtime', 'problem'],
      ['layer', 'problem'],
      ['wrapper', 'problem'],
      ['agent', 'problem'],
      ['key', 'problem'],
      ['timeout', 'warning'],
    ]);
  });

  test('prints commands that fix all problems and keep other settings', async () => {
    const greeting = `it's "so" $HOME`;
    const name = await createFunction(emulator, {
      variables: {
        GREETING: greeting,
        AWS_LAMBDA_EXEC_WRAPPER: '/opt/other',
        XPANDER_AGENT_ID: 'agent-123',
      },
    });

    // Fixes the function, then the secret that it names, then the permission to read the secret.
    for (let round = 1; round <= 3; round += 1) {
      const { findings } = await examine(name, emulator.environment);
      const commands = findings.flatMap(({ fix = [] }) => fix);
      await runInShell(commands.join('\n'), emulator);
    }
    const { byCheck, exitCode, findings } = await examine(name, emulator.environment);

    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(byCheck['wrapper']?.message).toMatch(/which starts \/opt\/other/);
    expect(await variablesOf(emulator, name)).toEqual({
      GREETING: greeting,
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/xpander-lambda/exec-wrapper',
      XPANDER_NEXT_EXEC_WRAPPER: '/opt/other',
      XPANDER_AGENT_ID: 'agent-123',
      XPANDER_API_KEY_SECRET: 'xpander/api-key',
    });
  });

  test('does not require the layer if the code includes the package', async () => {
    const bundled = "console.warn('[xpander-lambda] reports are kept'); export const handler = 1;";
    const name = await createFunction(emulator, { code: bundled });

    const { exitCode, reportedBy, byCheck } = await examine(name, emulator.environment);

    expect(reportedBy).toBe('code');
    expect(byCheck['code']).toMatchObject({ status: 'ok' });
    expect(byCheck['agent']).toMatchObject({
      status: 'unknown',
      message: expect.stringMatching(/The code may set it/),
    });
    expect(byCheck).not.toHaveProperty('layer');
    expect(exitCode).toBe(0);
  });

  test('validates each variable by the rules of the reporter', async () => {
    const name = await createFunction(emulator, {
      Layers: [reporter],
      variables: {
        ...wrapper,
        XPANDER_AGENT_ID: 'agent-123',
        XPANDER_API_KEY: theKey,
        XPANDER_API_KEY_SECRET: 'no-such-secret',
        XPANDER_CAPTURE: 'everything',
        XPANDER_BUDGET_MS: '3s',
        XPANDER_BASE_URL: 'http://example.com',
        XPANDER_SENTINEL_FLUSH: 'sometimes',
        XPANDER_AGENTID: 'agent-456',
        XPANDER_DISABLED: 'true',
      },
    });

    const { findings } = await examine(name, emulator.environment);

    const problems = findings.filter(({ status }) => status !== 'ok');
    expect(
      problems.map(({ check, status, message }) => [check, status, message]),
    ).toMatchInlineSnapshot(`
      [
        [
          "key",
          "warning",
          "Both XPANDER_API_KEY_SECRET and XPANDER_API_KEY are set. The secret is used. The key is visible to everyone who can read the function's configuration.",
        ],
        [
          "switch",
          "problem",
          "XPANDER_DISABLED is set, so nothing is reported.",
        ],
        [
          "variables",
          "problem",
          "The base URL 'http://example.com' would send the API key unencrypted. Use https://, or set XPANDER_ALLOW_HTTP=true if that network is safe.",
        ],
        [
          "variables",
          "problem",
          "XPANDER_CAPTURE must be one of 'full', 'redacted', 'shape', 'off'; it is 'everything'. Until that is fixed, reports contain only the shape of data.",
        ],
        [
          "variables",
          "problem",
          "XPANDER_BUDGET_MS must be a whole number, 1 to 900000; it is '3s'. The default is used.",
        ],
        [
          "variables",
          "problem",
          "XPANDER_SENTINEL_FLUSH must be one of 'adaptive', 'end', 'periodic'; it is 'sometimes'. The default is used.",
        ],
        [
          "variables",
          "warning",
          "XPANDER_AGENTID is not a variable of xpander-lambda. Did you mean XPANDER_AGENT_ID?",
        ],
        [
          "secret",
          "problem",
          "The secret 'no-such-secret' does not exist in eu-central-1.",
        ],
      ]
    `);
    expect(JSON.stringify(findings)).not.toContain(theKey);
  });

  test('warns that a published version is immutable', async () => {
    const name = await createFunction(emulator, { Publish: true });

    const { byCheck, functionArn } = await examine(`${name}:1`, emulator.environment);

    expect(functionArn).toMatch(/:1$/);
    expect(byCheck['version']).toMatchObject({ status: 'warning' });
  });

  /** Runs the commands in a shell, as if pasted. */
  async function runInShell(commands: string, { environment }: Emulator): Promise<void> {
    const bin = python.kind === 'installed' ? python.bin : '';
    const PATH = `${bin}:${process.env['PATH']}`;
    await promisify(execFile)('sh', ['-ec', commands], { env: { ...environment, PATH } });
  }
});
