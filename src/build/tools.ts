/**
 * Bundles the command line, the local platform and the CDK constructs with all their dependencies, so
 * that installing the package in a function installs none of them. Each subcommand is a separate file
 * that is loaded when it is called. Writes the licences of the bundled packages next to the bundles.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// File names contain a hash: files of older builds would be published too.
rmSync(`${root}dist/tools`, { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/cli/main.ts', out: 'cli' },
    { in: 'src/local/index.ts', out: 'local/index' },
    { in: 'infra/index.ts', out: 'cdk/index' },
  ],
  outdir: 'dist',
  chunkNames: 'tools/[name]-[hash]',
  bundle: true,
  splitting: true,
  external: ['aws-cdk-lib', 'constructs'],
  platform: 'node',
  // Bundles the AWS clients as ES modules: named imports of a CommonJS module fail in split chunks.
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node22',
  metafile: true,
  logLevel: 'warning',
  banner: {
    // commander is a CommonJS module and requires built-in modules.
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});

writeFileSync(
  `${root}dist/tools.licenses.txt`,
  licencesOf(Object.keys(metafile.inputs).map((file) => root + file)),
);
