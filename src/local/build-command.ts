/**
 * Bundles the command into one file with all that it needs, so that installing the package for a
 * Lambda function brings none of it, and puts the licences of what is inside beside it.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

const packages = Object.keys(metafile.inputs).map(packageOf);
const folders = [...new Set(packages)].filter((folder) => folder !== undefined).sort();
writeFileSync(`${root}dist/cli.licenses.txt`, folders.map(licence).join('\n\n'));

/** The folder of the package that a bundled file comes from; undefined for a file of ours. */
function packageOf(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function licence(folder: string): string {
  const [file] = globSync(`${root}${folder}/{LICENSE,LICENCE,license}*`);
  if (file === undefined || !existsSync(file)) {
    throw new Error(`${folder} is bundled but has no licence file. Look into it.`);
  }
  const { name, version } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
