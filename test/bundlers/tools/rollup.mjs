/** `node rollup.mjs ENTRY FOLDER es|cjs`: several files, as Rollup writes them by default. */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

const [entry, dir, format] = process.argv.slice(2);
const suffix = format === 'es' ? 'mjs' : 'js';

const bundle = await rollup({ input: entry, plugins: [nodeResolve(), terser()] });
await bundle.write({
  dir,
  format,
  entryFileNames: `[name].${suffix}`,
  chunkFileNames: `[name]-[hash].${suffix}`,
});
