import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { startForTest } from '../local/platform-client.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { run } from './command-process.ts';

test('prints the help without arguments', async () => {
  const [noArguments, help] = await Promise.all([run([]), run(['--help'])]);

  expect(noArguments.code).toBe(0);
  expect(noArguments.stdout).toMatch(/^Usage: xpander-lambda .*^ {2}report +report a task/ms);
  expect(help).toEqual(noArguments);
});

test('prints the version', async () => {
  expect(await run(['--version'])).toEqual({
    code: 0,
    stdout: `${packageJson.version}\n`,
    stderr: '',
  });
});

test.each(['local', 'tasks', 'task', 'report', 'doctor', 'replay'])(
  'prints usage, examples and exit codes of the %s command',
  async (name) => {
    const [flag, word] = await Promise.all([run([name, '--help']), run(['help', name])]);

    expect(flag).toMatchObject({ code: 0, stderr: '' });
    expect(flag.stdout).toMatch(new RegExp(`^Usage: xpander-lambda ${name} `));
    expect(flag.stdout).toMatch(/^Examples:\n {2}\$ .*^Exit codes: 0 /ms);
    expect(flag.stdout).toMatch(/^ {2}--json /m);
    expect(word).toEqual(flag);
  },
);

test('suggests similar commands and flags', async () => {
  const [command, flag] = await Promise.all([run(['reprot']), run(['tasks', '--agnet', 'x'])]);

  expect(command).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: unknown command 'reprot'\n(Did you mean report?)\n",
  });
  expect(flag).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: unknown option '--agnet'\n(Did you mean --agent?)\n",
  });
});

test('reads the API key from a secret and never prints it', async () => {
  const key = 'key-of-the-secret';
  const { url } = await startForTest({ apiKeys: [key] });
  await using secrets = await startSecretsManager({ secrets: { 'xpander/api-key': key } });
  const env = { ...secrets.environment, XPANDER_API_KEY_SECRET: 'xpander/api-key' };

  const [variable, flag, missing] = await Promise.all([
    run(['report', '--agent', 'a', '--id', 'x'], { url, env }),
    run(['tasks', '--api-key-secret', 'xpander/api-key'], {
      url,
      env: { ...secrets.environment, XPANDER_API_KEY: 'another' },
    }),
    run(['tasks', '--api-key-secret', 'other'], { url, env }),
  ]);

  expect(variable).toEqual({ code: 0, stdout: 'x\n', stderr: '' });
  expect(flag.code).toBe(0);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^error: There is no secret 'other' in /);
  expect(JSON.stringify([variable, flag, missing])).not.toContain(key);
});
