/**
 * Bundles what a function imports into few files: each file costs a function's init more than half
 * a millisecond. What is needed late stays apart, and is loaded late.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { builtinModules } from './builtin-modules.ts';
import { licencesOf } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/index.ts', 'src/after-response.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Names are what our frames are known by in the stacks of others.
  keepNames: false,
  external: ['@aws-sdk/*'],
  plugins: [builtinModules],
  metafile: true,
  logLevel: 'warning',
});

writeFileSync(`${root}dist/index.licenses.txt`, licencesOf(metafile, root));
