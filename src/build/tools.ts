/**
 * Bundles what is not for a function: the command, the local platform and the CDK constructs, with
 * all that they need, so that installing the package for a Lambda function brings none of it. Puts
 * the licences of what is inside beside it. Each subcommand is a file of its own that is loaded when
 * it is called.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Their names change with what is in them: old ones would be published as well.
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
  // The clients of AWS as ES modules: the names of a CommonJS module are lost on a file that is
  // loaded later.
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'node22',
  metafile: true,
  logLevel: 'warning',
  banner: {
    // commander is CommonJS and asks for built-in modules by require().
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});

writeFileSync(
  `${root}dist/tools.licenses.txt`,
  licencesOf(Object.keys(metafile.inputs).map((file) => root + file)),
);
