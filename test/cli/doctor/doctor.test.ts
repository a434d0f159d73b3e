/** `xpander-lambda doctor` against functions that are deployed to an emulator of AWS. */
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
  zipOf,
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

  test('a function that has all it needs is found right', async () => {
    const secret = await createSecret(emulator);
    const name = await createFunction(emulator, {
      Layers: [reporter, sentinel],
      variables: { ...wrapper, XPANDER_AGENT_ID: 'agent-123', XPANDER_API_KEY_SECRET: secret },
      allows: [{ Action: 'secretsmanager:GetSecretValue', Resource: secret }],
    });

    const { exitCode, stdout, stderr } = await runDoctor([name], emulator.environment);

    expect(stdout.replaceAll(name, 'NAME').replaceAll(secret, 'SECRET')).toMatchInlineSnapshot(`
      "NAME in eu-central-1, reported by the layer

      ok    runtime       nodejs24.x is supported.
      ok    architecture  x86_64 is supported.
      ok    layer         arn:aws:lambda:eu-central-1:123456789012:layer:company-reporter:1 is attached. It is the one of this version of xpander-lambda.
      ok    wrapper       /opt/xpander-lambda/exec-wrapper
      ok    sentinel      arn:aws:lambda:eu-central-1:123456789012:layer:company-sentinel:1 is attached. It is the one of this version of xpander-lambda.
      ok    memory        256 MB are enough for reporting.
      ok    agent         Runs are reported for 'agent-123'.
      ok    key           The API key is in the secret 'SECRET'.
      ok    variables     Every value that is set is usable.
      ok    secret        There is a secret 'SECRET' in eu-central-1. Its value was not read.
      ok    role          It may read the secret.
      ok    timeout       30 s leave time for a delivery, which may take 3 s.
      ok    logging       The log is text and shows reports that are lost.

      Everything is right.
      "
    `);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('a function that nothing reports is told all that is missing, in order', async () => {
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

  test('its commands put everything right, and keep what the function has besides', async () => {
    const greeting = `it's "so" $HOME`;
    const name = await createFunction(emulator, {
      variables: {
        GREETING: greeting,
        AWS_LAMBDA_EXEC_WRAPPER: '/opt/other',
        XPANDER_AGENT_ID: 'agent-123',
      },
    });

    // What the function lacks, then the secret that it names since, then the right to read it.
    for (let round = 1; round <= 3; round += 1) {
      const { findings } = await examine(name, emulator.environment);
      const commands = findings.flatMap(({ fix = [] }) => fix);
      await paste(commands.join('\n'), emulator);
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

  test('a function that is instrumented in its code needs no layer', async () => {
    const bundled = "console.warn('[xpander-lambda] reports are kept'); export const handler = 1;";
    const name = await createFunction(emulator, { code: bundled });

    const { exitCode, reportedBy, byCheck } = await examine(name, emulator.environment);

    expect(reportedBy).toBe('code');
    expect(byCheck['code']).toMatchObject({ status: 'ok' });
    expect(byCheck['agent']).toMatchObject({
      status: 'unknown',
      message: expect.stringMatching(/The code may give it/),
    });
    expect(byCheck).not.toHaveProperty('layer');
    expect(exitCode).toBe(0);
  });

  test('each value of a variable is held against the rules of the reporter', async () => {
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

    const wrong = findings.filter(({ status }) => status !== 'ok');
    expect(
      wrong.map(({ check, status, message }) => [check, status, message]),
    ).toMatchInlineSnapshot(`
      [
        [
          "key",
          "warning",
          "Both XPANDER_API_KEY_SECRET and XPANDER_API_KEY are set. The secret is used, and the key is open to everyone who sees the function's configuration.",
        ],
        [
          "switch",
          "problem",
          "XPANDER_DISABLED is set: nothing is reported.",
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
          "Nothing here reads XPANDER_AGENTID. XPANDER_AGENT_ID is what it may have been meant to be.",
        ],
        [
          "secret",
          "problem",
          "There is no secret 'no-such-secret' in eu-central-1.",
        ],
      ]
    `);
    expect(JSON.stringify(findings)).not.toContain(theKey);
  });

  test('an older version of the layer is told the newest, beside its other layers', async () => {
    const other = await publishLayer(emulator, 'other', zipOf({ 'nodejs/a.js': '1' }));
    const old = await publishLayer(emulator, 'aging', builtLayer('reporter'));
    const newest = await publishLayer(emulator, 'aging', builtLayer('reporter'));
    const name = await createFunction(emulator, { Layers: [old, other], variables: wrapper });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['layer']).toMatchObject({
      status: 'warning',
      fix: [expect.stringContaining(`--layers ${newest} ${other}`)],
    });
  });

  test('a wrapper whose layer is missing keeps the function from starting', async () => {
    const name = await createFunction(emulator, { variables: wrapper });

    const { byCheck, exitCode } = await examine(name, emulator.environment);

    expect(byCheck['layer']?.message).toMatch(/without it the function does not start/);
    expect(exitCode).toBe(1);
  });

  test('a function with five layers is not told to take a sixth', async () => {
    const layers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((each) =>
        publishLayer(emulator, `one-of-five-${each}`, zipOf({ 'nodejs/a.js': each })),
      ),
    );
    const name = await createFunction(emulator, { Layers: layers });

    const { byCheck } = await examine(name, emulator.environment);

    expect(byCheck['layer']).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(/has 5 layers already/),
    });
    expect(byCheck['layer']).not.toHaveProperty('fix');
  });

  test('a published version is told that it does not change', async () => {
    const name = await createFunction(emulator, { Publish: true });

    const { byCheck, functionArn } = await examine(`${name}:1`, emulator.environment);

    expect(functionArn).toMatch(/:1$/);
    expect(byCheck['version']).toMatchObject({ status: 'warning' });
  });

  /** As a shell that a person pastes the lines into. */
  async function paste(commands: string, { environment }: Emulator): Promise<void> {
    const bin = python.kind === 'installed' ? python.bin : '';
    const PATH = `${bin}:${process.env['PATH']}`;
    await promisify(execFile)('sh', ['-ec', commands], { env: { ...environment, PATH } });
  }
});
