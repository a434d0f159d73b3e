/** How functions are bundled: the bundlers in use, with the settings that people give them. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface BundleCase {
  readonly name: string;
  /** In `functions`. @default 'agent' */
  readonly agent?: 'agent' | 'middy-agent';
  /** As in the function's configuration. @default 'agent.handler' */
  readonly handler?: string;
  readonly command: (entry: string, folder: string) => readonly [string, ...string[]];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export const bundleCases: readonly BundleCase[] = [
  { name: 'esbuild, ES module', command: esbuild('--format=esm', '--out-extension:.js=.mjs') },
  {
    name: 'esbuild, ES module, several files',
    command: esbuild('--format=esm', '--out-extension:.js=.mjs', '--splitting'),
  },
  {
    name: 'esbuild, ES module, with a require of its own',
    command: esbuild(
      '--format=esm',
      '--out-extension:.js=.mjs',
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ),
  },
  { name: 'esbuild, CommonJS', command: esbuild('--format=cjs') },
  {
    name: 'esbuild, ES module, Middy',
    agent: 'middy-agent',
    handler: 'middy-agent.handler',
    command: esbuild('--format=esm', '--out-extension:.js=.mjs'),
  },
  {
    name: 'esbuild, CommonJS, Middy',
    agent: 'middy-agent',
    handler: 'middy-agent.handler',
    command: esbuild('--format=cjs'),
  },
  { name: 'rollup, ES module', command: tool('rollup', 'es') },
  { name: 'rollup, CommonJS', command: tool('rollup', 'cjs') },
  { name: 'rolldown, ES module', command: tool('rolldown', 'esm') },
  { name: 'rolldown, CommonJS', command: tool('rolldown', 'cjs') },
  { name: 'webpack, ES module', command: tool('webpack', 'esm') },
  { name: 'webpack, CommonJS', command: tool('webpack', 'cjs') },
  { name: 'tsup, ES module', command: tool('tsup', 'esm') },
  { name: 'tsup, CommonJS', command: tool('tsup', 'cjs') },
  { name: 'NodejsFunction of CDK', handler: 'index.handler', command: tool('cdk', 'cjs') },
  {
    name: 'NodejsFunction of CDK, ES module',
    handler: 'index.handler',
    command: tool('cdk', 'esm'),
  },
  // https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
  { name: 'SAM', command: esbuild('--format=cjs', '--target=es2020') },
  {
    name: 'SAM, ES module, the AWS SDK left to the runtime',
    command: esbuild(
      '--format=esm',
      '--target=es2022',
      '--out-extension:.js=.mjs',
      '--external:@aws-sdk/*',
      '--external:@smithy/*',
    ),
  },
];

function esbuild(...flags: readonly string[]): BundleCase['command'] {
  return (entry, folder) => [
    join(root, 'node_modules/.bin/esbuild'),
    entry,
    '--bundle',
    '--minify',
    '--platform=node',
    `--outdir=${folder}`,
    '--log-level=warning',
    ...flags,
  ];
}

function tool(name: string, format: string): BundleCase['command'] {
  const program = fileURLToPath(new URL(`tools/${name}.mjs`, import.meta.url));
  return (entry, folder) => [process.execPath, program, entry, folder, format];
}
