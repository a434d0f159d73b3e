import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';

// By convention, other plugins ignore ids that begin with \0.
const prefix = '\0builtin:';
const namedPrefix = '\0named-builtin:';
const withoutHttp2 = '\0without-http2';

/**
 * Loads built-in modules with `process.getBuiltinModule()`. An import statement reads every export,
 * lazy ones included: `node:http` then loads the undici of Node.js for `WebSocket`, which costs 60 ms
 * and 10 MB. `require` does not exist in an ES module.
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  resolveId: {
    // Runs before the bundler's own resolution.
    order: 'pre',
    handler: (id, importer, { kind }) => {
      if (!isBuiltin(id)) return undefined;
      if (id === 'node:http2' && importer?.includes('/node_modules/undici/')) {
        return { id: withoutHttp2, moduleSideEffects: false };
      }
      const isOurs = kind === 'import-statement' && !importer?.includes('/node_modules/');
      return { id: (isOurs ? namedPrefix : prefix) + id, moduleSideEffects: false };
    },
  },
  load(id) {
    if (id.startsWith(namedPrefix)) return namedExports(id.slice(namedPrefix.length));
    // undici's own fallback for a Node.js without HTTP/2. We use HTTP/1.1, and loading HTTP/2 would
    // take a third of the time of the first delivery.
    if (id === withoutHttp2) return 'module.exports = { constants: {} };';
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length);
    if (name.endsWith('diagnostics_channel')) return silentChannels;
    return `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`;
  },
};

/** Whether a module replaces a built-in one that CommonJS code requires. */
export function isRequiredBuiltin(id: string): boolean {
  return id.startsWith(prefix) || id === withoutHttp2;
}

/**
 * An ES module with all exports; the bundler drops those that are not imported. Local names have a
 * prefix, because a function's bundler may add a banner that declares `createRequire` or `dirname`
 * in the same scope.
 */
function namedExports(name: string): string {
  const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
    (exported) => exported !== 'default',
  );
  return [
    `const builtin = process.getBuiltinModule(${JSON.stringify(name)});`,
    'export default builtin;',
    ...names.map(
      (exported) =>
        `const builtin_${exported} = builtin.${exported}; export { builtin_${exported} as ${exported} };`,
    ),
  ].join('\n');
}

/**
 * Keeps undici from publishing our requests to the function's tracing tools, which would record them
 * as the function's own and add their headers to them.
 */
const silentChannels = `
  const channel = { hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe() {} };
  module.exports = { channel: () => channel, subscribe() {}, unsubscribe() {} };
`;
