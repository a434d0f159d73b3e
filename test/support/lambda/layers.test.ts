import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ManagedRuntime } from '../runtime-client/runtime-client.ts';
import { installInImage } from './image-client.ts';
import { type Lambda, type LambdaOptions, startLambda } from './lambda.ts';

const agent = `exports.handler = async () => ({ ...process.env });\n`;
const exports = (name: string): string => `#!/bin/sh\nexport ${name}="$0 $_HANDLER"\nexec "$@"\n`;

describe('layers', () => {
  test('are one folder, in which a later file takes the place of an earlier one', async () => {
    const lower = await folderOf({ 'bin/tool': 'lower', 'lib/lower.txt': 'lower' });
    const upper = await folderOf({ 'bin/tool': '#!/bin/sh\n', 'lib/upper.txt': 'upper' });
    await symlink('lower.txt', join(lower, 'lib', 'link.txt'));

    const { opt = '' } = await start({ layers: [lower, upper] });

    const contents = ['bin/tool', 'lib/lower.txt', 'lib/upper.txt'].map((name) =>
      readFile(join(opt, name), 'utf8'),
    );
    expect(await Promise.all(contents)).toEqual(['#!/bin/sh\n', 'lower', 'upper']);
    expect(await readlink(join(opt, 'lib', 'link.txt'))).toBe('lower.txt');
    expect((await stat(join(opt, 'bin', 'tool'))).mode & 0o777).toBe(0o755);
  });

  test('are gone when the emulator has closed', async () => {
    const lambda = await start({ layers: [await folderOf({ 'lib/file.txt': 'text' })] });

    await lambda.close();

    await expect(stat(lambda.opt ?? '')).rejects.toThrow('ENOENT');
  });

  test('have external extensions, which see where they are', async () => {
    const layer = await folderOf({ 'extensions/one': '#!/bin/sh\necho "$SETTING"\nexit 9\n' });
    const environment = { SETTING: '/opt/one.json:/var/opt/two.json' };

    const lambda = await start({ layers: [layer], environment });

    expect(await lambda.invoke({})).toMatchObject({ errorType: 'Extension.Crash', exitCode: 9 });
    expect(lambda.logs).toContain(`${lambda.opt}/one.json:/var/opt/two.json`);
  });

  test.each(['/opt/preload.mjs', 'file:///opt/preload.mjs'])(
    'can be named in NODE_OPTIONS: %s',
    async (module) => {
      const layer = await folderOf({ 'preload.mjs': `process.env.LOADED = import.meta.url;\n` });
      const environment = { NODE_OPTIONS: `--no-warnings --import=${module}` };

      const lambda = await start({ layers: [layer], environment });

      expect(await seenBy(lambda)).toMatchObject({ LOADED: `file://${lambda.opt}/preload.mjs` });
    },
  );
});

describe('modules of layers', () => {
  const module = (text: string): string => `module.exports = ${JSON.stringify(text)};\n`;
  const requiring = `const { NODE_PATH } = process.env;
    exports.handler = async () => ({ NODE_PATH, tool: require('tool'), other: require('other') });\n`;

  test('are found by require, those for the version of Node.js first', async () => {
    const layer = await folderOf({
      'nodejs/node24/node_modules/tool/index.js': module('for version 24'),
      'nodejs/node_modules/tool/index.js': module('for any version'),
      'nodejs/node_modules/other/index.js': module('the other'),
    });

    const lambda = await start({ layers: [layer] }, requiring);

    expect(await seenBy(lambda)).toMatchObject({ tool: 'for version 24', other: 'the other' });
  });

  test("are where the function's own NODE_PATH says, if it has one", async () => {
    const layer = await folderOf({ 'a/tool.js': module('a'), 'b/other.js': module('b') });
    const environment = { NODE_PATH: '/opt/a:/opt/b' };

    const lambda = await start({ layers: [layer], environment }, requiring);

    const NODE_PATH = `${lambda.opt}/a:${lambda.opt}/b`;
    expect(await seenBy(lambda)).toEqual({ NODE_PATH, tool: 'a', other: 'b' });
  });
});

describe('an exec wrapper', () => {
  test('starts the runtime, and can change its environment', async () => {
    const layer = await folderOf({ wrapper: exports('ADDED') });
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' };

    const lambda = await start({ layers: [layer], environment });

    expect(await seenBy(lambda)).toMatchObject({ ADDED: `${lambda.opt}/wrapper agent.handler` });
  });

  test('is given the runtime with all its flags', async () => {
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' };
    const layer = await folderOf({ wrapper: '#!/bin/sh\necho "$@"\nexec "$@"\n' });

    const { logs, runtimeClient } = await start({ layers: [layer], environment });

    expect(logs[0]).toMatch(new RegExp(`^${runtimeClient.node} --expose-gc .*/index\\.mjs$`));
  });

  test.each([
    ['is missing', '/opt/missing', 127, 'does not exist'],
    ['is a folder', '/opt/lib/', 127, 'does not exist'],
    ['may not be run', '/opt/lib/text', 126, 'is not an executable'],
  ])('that %s fails the init', async (_, wrapper, exitCode, reason) => {
    const layer = await folderOf({ 'lib/text': 'text' });
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: wrapper };

    const lambda = await start({ layers: [layer], environment });

    expect(lambda.logs).toEqual([`${lambda.opt}${wrapper.slice('/opt'.length)}: ${reason}`]);
    expect(await lambda.invoke({})).toMatchObject({ errorType: 'Runtime.ExitError', exitCode });
  });
});

describe("an image's own entry point", () => {
  const image = async (
    options: Partial<LambdaOptions>,
    { runtime, through = [] }: { runtime: ManagedRuntime; through?: readonly string[] },
  ): Promise<Lambda> => {
    const command = await installInImage(await folderOf({}), runtime);
    return start({ runtime, entryPoint: [...through, command], ...options });
  };

  test('is given the handler as its last word, on Node.js 22', async () => {
    const lambda = await image({}, { runtime: 'nodejs22.x' });

    const seen = await seenBy(lambda);

    expect(lambda.logs[0]).toMatch(/^Executing 'agent\.handler' in function directory '.*'$/);
    for (const name of ['_HANDLER', 'NODE_PATH', 'AWS_EXECUTION_ENV']) {
      expect(seen).not.toHaveProperty(name);
    }
  });

  test('needs the handler in the environment as well, on Node.js 24', async () => {
    const runtime = 'nodejs24.x';
    const environment = { _HANDLER: 'agent.handler' };

    const without = await image({}, { runtime });
    const lambda = await image({ environment }, { runtime });

    expect(await without.invoke({})).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await seenBy(lambda)).toMatchObject(environment);
  });

  test('may begin with a wrapper in /opt, and leaves AWS_LAMBDA_EXEC_WRAPPER unused', async () => {
    const layers = [await folderOf({ wrapper: exports('ADDED') })];
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/missing' };

    const lambda = await image(
      { layers, environment },
      { runtime: 'nodejs22.x', through: ['/opt/wrapper'] },
    );

    expect(await seenBy(lambda)).toMatchObject({ ADDED: `${lambda.opt}/wrapper ` });
  });
});

async function start(options: Partial<LambdaOptions>, source: string = agent): Promise<Lambda> {
  const lambda = await startLambda({
    handler: 'agent.handler',
    taskRoot: await folderOf({ 'agent.js': source }),
    timeoutMs: 20_000,
    ...options,
  });
  onTestFinished(lambda.close);
  return lambda;
}

/** Lasts as long as the test; a script may be run. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'layer-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, content.startsWith('#!') ? 0o755 : 0o644);
  }
  return folder;
}

/** What the handler of these tests returns. */
async function seenBy(lambda: Lambda): Promise<Record<string, string>> {
  const result = await lambda.invoke({});
  if (result.kind !== 'response') throw new Error(lambda.logs.join('\n'));
  return JSON.parse(result.body) as Record<string, string>;
}
