/** The layer's exec wrapper alone: what it starts and what the function sees. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeCommand, openSandbox, start, startFunction } from './wrapped-process.ts';

/** A wrapper without effect, because a shell itself sets variables. */
const plain = '#!/bin/sh\nexec "$@"\n';

/** Prints the handler and the parameters it was started with. */
const program = `#!/bin/sh
printf '%s\\n' "handler=$_HANDLER" "$@"
`;

const preload = `(globalThis.trail ??= []).push('preload saw ' + process.env._HANDLER);\n`;

describe('a function of Node.js', () => {
  test('is called by our handler in an unchanged environment', async () => {
    const sandbox = openSandbox();
    const bareCommand = [sandbox.add('plain', plain), ...nodeCommand(sandbox)];

    const bare = await startFunction(sandbox, { command: bareCommand });
    const layered = await startFunction(sandbox);

    expect(bare.called).toBe('agent.handler');
    expect(layered.called).toBe(sandbox.ours);
    expect(layered.environment).toEqual(bare.environment);
    expect(layered.flags).toEqual(bare.flags);
    expect(layered.errors).toBe('');
  });

  test('keeps its NODE_OPTIONS, and their preloads see the original handler', async () => {
    const sandbox = openSandbox();
    const options = `--no-warnings --import ${sandbox.add('task/preload.mjs', preload)}`;

    const layered = await startFunction(sandbox, { environment: { NODE_OPTIONS: options } });

    expect(layered.called).toBe(sandbox.ours);
    expect(layered.environment['NODE_OPTIONS']).toBe(options);
    expect(layered.trail).toEqual(['preload saw agent.handler']);
  });

  test.each(['opt', 'a b/$c "d"', "it's"])('finds the layer in %s', async (folder) => {
    const sandbox = openSandbox(folder);

    const layered = await startFunction(sandbox);

    expect(layered.called).toBe(sandbox.ours);
  });

  test('finds the layer by a relative path', async () => {
    const sandbox = openSandbox();
    const command = ['../opt/xpander-lambda/exec-wrapper', ...nodeCommand(sandbox)];

    const layered = await startFunction(sandbox, { command });

    expect(layered.called).toMatch(/\/opt\/xpander-lambda\/handler\.handler$/);
  });

  test.each(['bash', 'dash'])('starts with %s', async (shell) => {
    const sandbox = openSandbox();

    const command = [`/bin/${shell}`, sandbox.execWrapper, ...nodeCommand(sandbox)];
    const layered = await startFunction(sandbox, { command });

    expect(layered.called).toBe(sandbox.ours);
  });

  test('starts without any program in PATH', async () => {
    const sandbox = openSandbox();

    const layered = await startFunction(sandbox, { environment: { PATH: '/nowhere' } });

    expect(layered.called).toBe(sandbox.ours);
  });

  test('starts workers and child processes without our flags and variables', async () => {
    const sandbox = openSandbox();
    const state =
      '{ flags: process.execArgv, ours: Object.keys(process.env).filter((name) => /XPANDER_LAMBDA/.test(name)) }';
    const child = sandbox.add('task/child.mjs', `process.send(${state});`);
    const worker = sandbox.add(
      'task/worker.mjs',
      `import { parentPort } from 'node:worker_threads';\nparentPort.postMessage(${state});`,
    );
    sandbox.add(
      'task/agent.mjs',
      `import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
const [[ofChild], [ofWorker]] = await Promise.all([
  once(fork(${JSON.stringify(child)}), 'message'),
  once(new Worker(${JSON.stringify(worker)}), 'message'),
]);
globalThis.seen = { environment: {}, flags: [], trail: [ofChild, ofWorker] };
export const handler = async () => 'answer';
`,
    );
    const flags = ['--max-http-header-size', '81920'];

    const { trail } = await startFunction(sandbox);

    expect(trail).toEqual([
      { flags, ours: [] },
      { flags, ours: [] },
    ]);
  });

  test('gets its parameters unchanged', async () => {
    const sandbox = openSandbox();
    const node = sandbox.add('bin/node', program);
    const parameters = ['', 'a b', '*', '"', "'", '$HOME', 'line\\n', '-n', '--', sandbox.runtime];

    const { output } = await start(sandbox, {
      command: [sandbox.execWrapper, node, ...parameters],
    });

    expect(output.split('\n').slice(-parameters.length - 1, -1)).toEqual(parameters);
  });
});

describe('the function starts without the reporter', () => {
  test.each(['true', 'TRUE', '1', 'Yes', 'on'])('if XPANDER_DISABLED is %s', async (value) => {
    const sandbox = openSandbox();
    const left = await startFunction(sandbox, {
      environment: { XPANDER_DISABLED: value },
    });

    expect(left.called).toBe('agent.handler');
    expect(left.errors).toBe('');
  });

  test.each(['handler.mjs', 'preload.mjs', 'chunks'])('if %s is missing', async (file) => {
    const sandbox = openSandbox();
    rmSync(join(sandbox.opt, 'xpander-lambda', file), { recursive: true });

    const left = await startFunction(sandbox);

    expect(left.called).toBe('agent.handler');
    expect(left.errors).toMatch(/^\[xpander-lambda\] the function is not reported: .*\n$/);
  });

  test.each(['nodejs18.x', 'nodejs20.x', 'python3.13', 'java21', 'ruby3.4', 'dotnet8'])(
    'on %s, with a log line',
    async (runtime) => {
      const sandbox = openSandbox();
      const node = sandbox.add('bin/node', program);

      const { output, errors } = await start(sandbox, {
        command: [sandbox.execWrapper, node, '-m', 'runtime'],
        environment: { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` },
      });

      expect(output.split('\n')).toEqual(['handler=agent.handler', '-m', 'runtime', '']);
      expect(errors).toMatch(/^\[xpander-lambda\] the function is not reported: .*\n$/);
      expect(errors).toContain(runtime);
    },
  );

  test.each([
    ['by its path', './run.sh', 'run.sh'],
    ['by its name', 'run.sh', 'run.sh'],
  ])('if another program than a runtime client is started %s', async (_, file, handler) => {
    const sandbox = openSandbox();
    sandbox.add('task/run.sh', program);

    const { output } = await start(sandbox, {
      command: [sandbox.execWrapper, file],
      environment: { _HANDLER: handler, PATH: sandbox.task },
    });

    expect(output.split('\n')).toEqual([`handler=${handler}`, '']);
  });

  test('if it has no handler', async () => {
    const sandbox = openSandbox();
    const node = sandbox.add('bin/node', program);

    const { output } = await start(sandbox, {
      command: [sandbox.execWrapper, node, 'server.mjs'],
      environment: { _HANDLER: '' },
    });

    expect(output.split('\n')).toEqual(['handler=', 'server.mjs', '']);
  });
});

test('a missing command fails as without the wrapper', async () => {
  const sandbox = openSandbox();

  const { exitCode, errors } = await start(sandbox, {
    command: [sandbox.execWrapper, '/nowhere/node', 'index.mjs'],
  });

  expect(exitCode).toBe(127);
  expect(errors).toContain('/nowhere/node');
});

test("an image's command with the handler as its last parameter gets our handler", async () => {
  const sandbox = openSandbox();
  const npx = sandbox.add('task/bin/npx', program);

  const { output } = await start(sandbox, {
    command: [sandbox.execWrapper, npx, 'aws-lambda-ric', 'agent.handler'],
    environment: { AWS_EXECUTION_ENV: 'Image', _HANDLER: '' },
  });

  expect(output.split('\n')).toEqual([
    `handler=${sandbox.ours}`,
    'aws-lambda-ric',
    sandbox.ours,
    '',
  ]);
});

test.each([
  ['has the original one in the environment', { _HANDLER: 'agent.handler' }],
  ['has the original one only as a parameter', { _HANDLER: '' }],
])('an image that starts Node.js itself gets our handler and %s', async (_, environment) => {
  const sandbox = openSandbox();
  const client = sandbox.add(
    'task/node_modules/aws-lambda-ric/index.mjs',
    `process.env._HANDLER = process.argv[2];\nawait import(${JSON.stringify(sandbox.runtime)});\n`,
  );

  const layered = await startFunction(sandbox, {
    command: [sandbox.execWrapper, process.execPath, client, 'agent.handler'],
    environment: { AWS_EXECUTION_ENV: 'Image', ...environment },
  });

  expect(layered.called).toBe(sandbox.ours);
  expect(layered.environment['_HANDLER']).toBe('agent.handler');
});
