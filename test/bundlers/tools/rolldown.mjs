/** `node rolldown.mjs ENTRY FOLDER esm|cjs`: Vite and tsdown bundle with it as well. */
import { rolldown } from 'rolldown';

const [entry, dir, format] = process.argv.slice(2);
const suffix = format === 'esm' ? 'mjs' : 'js';

const bundle = await rolldown({ input: entry, platform: 'node' });
await bundle.write({
  dir,
  format,
  minify: true,
  entryFileNames: `[name].${suffix}`,
  chunkFileNames: `[name]-[hash].${suffix}`,
});
