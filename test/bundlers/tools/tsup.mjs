/** `node tsup.mjs ENTRY FOLDER esm|cjs` */
import { build } from 'tsup';

const [entry, outDir, format] = process.argv.slice(2);

await build({
  entry: [entry],
  outDir,
  format,
  minify: true,
  // It leaves the packages of a project out unless told otherwise.
  noExternal: [/./],
  outExtension: () => ({ js: format === 'esm' ? '.mjs' : '.js' }),
  config: false,
  silent: true,
});
