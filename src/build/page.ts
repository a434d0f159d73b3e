/** Builds the page of the local platform: one HTML file, one script and one style sheet. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { licencesOf } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}dist/page/`;
const source = 'src/local/page';

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    { in: `${source}/main.tsx`, out: 'app' },
    { in: `${source}/styles/page.css`, out: 'app' },
  ],
  outdir: folder,
  // The hash lets browsers cache the files indefinitely.
  entryNames: '[name].[hash]',
  bundle: true,
  minify: true,
  // A classic script runs before the first paint, when the theme must be set.
  format: 'iife',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  target: ['chrome116', 'firefox124', 'safari17.4'],
  metafile: true,
  logLevel: 'warning',
});

const files = Object.keys(metafile.outputs).map((file) => basename(file));
let html = readFileSync(`${root}${source}/index.html`, 'utf8');
for (const extension of ['js', 'css']) {
  const file = files.find((name) => name.endsWith(`.${extension}`));
  if (file === undefined) throw new Error(`The page was built without a .${extension} file.`);
  html = html.replace(`/page/assets/app.${extension}`, `/page/assets/${file}`);
}
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}index.html`, html);
writeFileSync(
  `${folder}licenses.txt`,
  licencesOf(Object.keys(metafile.inputs).map((file) => root + file)),
);
for (const file of ['index.html', ...files]) {
  const content = readFileSync(folder + file);
  console.log(
    `${file}: ${kibibytes(content.length)}, ${kibibytes(gzipSync(content).length)} gzipped`,
  );
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
