import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';

// By convention a name that no other plugin takes for a file.
const prefix = '\0builtin:';
const prefixOfNamed = '\0named-builtin:';
const withoutHttp2 = '\0without-http2';

/**
 * Takes Node's own modules without an import statement. An import reads every export of a module
 * once, also those that are made when they are read: `node:http` then loads Node's own undici, for
 * its WebSocket, which costs a function 60 ms and 10 MB. And a `require` is not there in an ES
 * module.
 */
export const builtinModules: Plugin = {
  name: 'builtin-modules',
  resolveId: {
    // Before the bundler's own idea of them.
    order: 'pre',
    handler: (id, importer, { kind }) => {
      if (!isBuiltin(id)) return undefined;
      if (id === 'node:http2' && importer?.includes('/node_modules/undici/')) {
        return { id: withoutHttp2, moduleSideEffects: false };
      }
      const isOurs = kind === 'import-statement' && !importer?.includes('/node_modules/');
      return { id: (isOurs ? prefixOfNamed : prefix) + id, moduleSideEffects: false };
    },
  },
  load(id) {
    if (id.startsWith(prefixOfNamed)) return namedExports(id.slice(prefixOfNamed.length));
    // What undici takes where Node was built without it. We ask for HTTP/1.1, and loading it would
    // take a third of what the first delivery takes.
    if (id === withoutHttp2) return 'module.exports = { constants: {} };';
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length);
    if (name.endsWith('diagnostics_channel')) return silentChannels;
    return `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`;
  },
};

/** Whether it is one that CommonJS code asks for. */
export function isRequiredBuiltin(id: string): boolean {
  return id.startsWith(prefix) || id === withoutHttp2;
}

/**
 * As an ES module: the bundler drops each export that is not imported, so all can be listed. The
 * names are our own: a function's bundler may put a banner into the same scope that declares
 * `createRequire` or `dirname`.
 */
function namedExports(name: string): string {
  const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
    (one) => one !== 'default',
  );
  return [
    `const builtin = process.getBuiltinModule(${JSON.stringify(name)});`,
    'export default builtin;',
    ...names.map(
      (one) => `const builtin_${one} = builtin.${one}; export { builtin_${one} as ${one} };`,
    ),
  ].join('\n');
}

/**
 * What undici tells the whole process of its requests. Whoever traces the function would take ours
 * for the function's, show them, bill them, and send headers of its own to the platform.
 */
const silentChannels = `
  const channel = { hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe() {} };
  module.exports = { channel: () => channel, subscribe() {}, unsubscribe() {} };
`;
