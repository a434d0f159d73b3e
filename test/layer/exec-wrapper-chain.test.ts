/** The layer's exec wrapper combined with wrappers of other vendors, in both orders. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  nodeCommand,
  openSandbox,
  type Sandbox,
  type StartOptions,
  start,
  startFunction,
} from './wrapped-process.ts';

/** Prints the handler and the parameters it was started with. */
const program = `#!/bin/sh
printf '%s\\n' "handler=$_HANDLER" "$@"
`;

const plain = '#!/bin/sh\nexec "$@"\n';

/** Like the wrapper of OpenTelemetry's layer. */
const preloading = (preload: string): string => `#!/bin/bash
export NODE_OPTIONS="\${NODE_OPTIONS} --import ${preload}"
exec "$@"
`;
const preload = `(globalThis.trail ??= []).push('preload saw ' + process.env._HANDLER);\n`;

/** Like the wrapper of Lumigo's layer. */
const redirecting = (handler: string): string => `#!/bin/bash
export LUMIGO_ORIGINAL_HANDLER=$_HANDLER
export _HANDLER=${handler}
exec "$@"
`;
const redirected = `import { resolve } from 'node:path';
(globalThis.trail ??= []).push('redirected ' + process.env.LUMIGO_ORIGINAL_HANDLER);
const [file] = process.env.LUMIGO_ORIGINAL_HANDLER.split('.');
export const { handler } = await import(resolve(process.env.LAMBDA_TASK_ROOT, file + '.mjs'));
`;

const chains: Record<string, (sandbox: Sandbox, wrapper: string) => StartOptions> = {
  'that our wrapper starts': (_, wrapper) => ({
    environment: { XPANDER_NEXT_EXEC_WRAPPER: wrapper },
  }),
  'that starts our wrapper': (sandbox, wrapper) => ({
    command: [wrapper, sandbox.execWrapper, ...nodeCommand(sandbox)],
  }),
};

describe.each(Object.entries(chains))('a wrapper %s', (_, chain) => {
  test('can add to NODE_OPTIONS', async () => {
    const sandbox = openSandbox();
    const options = preloading(sandbox.add('opt/init.mjs', preload));
    const { command, environment } = chain(sandbox, sandbox.add('opt/otel-handler', options));

    const layered = await startFunction(sandbox, {
      ...(command && { command }),
      environment: { NODE_OPTIONS: '--no-warnings', ...environment },
    });

    expect(layered.called).toBe(sandbox.ours);
    expect(layered.trail).toEqual(['preload saw agent.handler']);
    expect(layered.environment['NODE_OPTIONS']).toMatch(/^--no-warnings --import .*init\.mjs$/);
  });

  test('can set its own handler', async () => {
    const sandbox = openSandbox();
    const theirs = sandbox.add('opt/lumigo/auto.mjs', redirected).replace(/mjs$/, 'handler');
    const wrapper = sandbox.add('opt/lumigo_wrapper', redirecting(theirs));

    const layered = await startFunction(sandbox, chain(sandbox, wrapper));

    expect(layered.called).toBe(sandbox.ours);
    expect(layered.trail).toEqual(['redirected agent.handler']);
    expect(layered.environment).toMatchObject({
      _HANDLER: theirs,
      LUMIGO_ORIGINAL_HANDLER: 'agent.handler',
    });
  });

  test('can start another program, like the Lambda Web Adapter', async () => {
    const sandbox = openSandbox();
    sandbox.add('task/run.sh', program);
    const adapter = '#!/bin/sh\nexec "$LAMBDA_TASK_ROOT/$_HANDLER" serve\n';
    const { command, environment } = chain(sandbox, sandbox.add('opt/bootstrap', adapter));

    const { output } = await start(sandbox, {
      ...(command && { command }),
      environment: { _HANDLER: 'run.sh', ...environment },
    });

    expect(output.split('\n')).toEqual(['handler=run.sh', 'serve', '']);
  });

  test('gets the parameters unchanged', async () => {
    const sandbox = openSandbox();
    const { command, environment } = chain(sandbox, sandbox.add('opt/any', plain));
    const node = sandbox.add('bin/node', program);
    const parameters = ['', 'a b', '*', '"', "'", '$HOME', '--', sandbox.runtime];

    const { output } = await start(sandbox, {
      command: [...(command?.slice(0, 2) ?? [sandbox.execWrapper]), node, ...parameters],
      ...(environment && { environment }),
    });

    expect(output.split('\n').slice(-parameters.length - 1, -1)).toEqual(parameters);
  });

  test('can be combined with a second wrapper', async () => {
    const sandbox = openSandbox();
    const theirs = sandbox.add('opt/lumigo/auto.mjs', redirected).replace(/mjs$/, 'handler');
    const lumigo = sandbox.add('opt/lumigo_wrapper', redirecting(theirs));
    const otel = sandbox.add('opt/otel', preloading(sandbox.add('opt/init.mjs', preload)));
    const { command, environment } = chain(sandbox, lumigo);

    const layered = await startFunction(sandbox, {
      command: [otel, ...(command ?? [sandbox.execWrapper, ...nodeCommand(sandbox)])],
      ...(environment && { environment }),
    });

    expect(layered.called).toBe(sandbox.ours);
    expect(layered.trail).toEqual([`preload saw ${theirs}`, 'redirected agent.handler']);
  });
});

test('the next wrapper is started even if the function is not reported', async () => {
  const sandbox = openSandbox();
  const otel = sandbox.add('opt/otel', preloading(sandbox.add('opt/init.mjs', preload)));

  const left = await startFunction(sandbox, {
    environment: { XPANDER_DISABLED: 'true', XPANDER_NEXT_EXEC_WRAPPER: otel },
  });

  expect(left.called).toBe('agent.handler');
  expect(left.trail).toEqual(['preload saw agent.handler']);
});

test('a next wrapper that starts our wrapper causes no endless loop', async () => {
  const sandbox = openSandbox();
  const wrapper = sandbox.add('opt/circular', `#!/bin/sh\nexec "${sandbox.execWrapper}" "$@"\n`);

  const layered = await startFunction(sandbox, {
    environment: { XPANDER_NEXT_EXEC_WRAPPER: wrapper },
  });

  expect(layered.called).toBe(sandbox.ours);
});

test('our wrapper as the next wrapper causes no endless loop', async () => {
  const sandbox = openSandbox();

  const layered = await startFunction(sandbox, {
    environment: { XPANDER_NEXT_EXEC_WRAPPER: sandbox.execWrapper },
  });

  expect(layered.called).toBe(sandbox.ours);
});

test.each<[string, (sandbox: Sandbox) => string]>([
  ['missing', ({ opt }) => join(opt, 'missing')],
  ['a folder', ({ opt }) => opt],
  [
    'not executable',
    ({ add }) => {
      const path = add('opt/wrapper', program);
      chmodSync(path, 0o644);
      return path;
    },
  ],
])('a next wrapper that is %s is ignored with a log line', async (_, wrapperIn) => {
  const sandbox = openSandbox();
  const wrapper = wrapperIn(sandbox);

  const layered = await startFunction(sandbox, {
    environment: { XPANDER_NEXT_EXEC_WRAPPER: wrapper },
  });

  expect(layered.called).toBe(sandbox.ours);
  expect(layered.errors).toMatch(/^\[xpander-lambda\] XPANDER_NEXT_EXEC_WRAPPER .*\n$/);
  expect(layered.errors).toContain(wrapper);
});
