/** `node webpack.mjs ENTRY FOLDER esm|cjs`, in production mode. */
import { promisify } from 'node:util';
import webpack from 'webpack';

const [entry, path, format] = process.argv.slice(2);
const formats = {
  cjs: { output: { filename: 'agent.js', library: { type: 'commonjs2' } } },
  esm: {
    experiments: { outputModule: true },
    output: {
      filename: 'agent.mjs',
      chunkFilename: '[name].mjs',
      module: true,
      chunkFormat: 'module',
      library: { type: 'module' },
    },
  },
};
const { output, ...options } = formats[format];

const stats = await promisify(webpack)({
  entry,
  mode: 'production',
  target: 'node22',
  output: { path, ...output },
  ...options,
});
if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));
