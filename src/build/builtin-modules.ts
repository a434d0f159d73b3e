import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';

// By convention a name that no other plugin takes for a file.
const prefix = '\0builtin:';

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
    handler: (id) => (isBuiltin(id) ? { id: prefix + id, moduleSideEffects: false } : undefined),
  },
  load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length);
    if (name.endsWith('diagnostics_channel')) return silentChannels;
    return `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`;
  },
};

/**
 * What undici tells the whole process of its requests. Whoever traces the function would take ours
 * for the function's, show them, bill them, and send headers of its own to the platform.
 */
const silentChannels = `
  const channel = { hasSubscribers: false, publish() {}, subscribe() {}, unsubscribe() {} };
  module.exports = { channel: () => channel, subscribe() {}, unsubscribe() {} };
`;
