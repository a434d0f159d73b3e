import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Takes Node's own modules without an import statement. An import reads every export of a module
 * once, also those that are made when they are read: `node:http` then loads Node's own undici, for
 * its WebSocket, which costs a function 60 ms and 10 MB. And a `require` is not there in an ES
 * module.
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^[a-z]/ }, ({ path, importer }) =>
      // One for each importer: shared ones would become files of their own.
      isBuiltin(path)
        ? { path: `${path} for ${importer}`, namespace: 'builtin', pluginData: path }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'builtin' }, ({ pluginData: path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};
