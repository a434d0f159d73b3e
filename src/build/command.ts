/**
 * Bundles the command into one file with all that it needs, so that installing the package for a
 * Lambda function brings none of it, and puts the licences of what is inside beside it.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  metafile: true,
  logLevel: 'warning',
  banner: {
    // commander is CommonJS and asks for built-in modules by require().
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

writeFileSync(
  `${root}dist/cli.licenses.txt`,
  licencesOf(Object.keys(metafile.inputs).map((file) => root + file)),
);
