/**
 * Globals that this package needs while the function runs, as they were when it was loaded: the
 * function's own code may replace or delete them.
 */
export const Buffer: typeof globalThis.Buffer = globalThis.Buffer;
export const NativePromise: typeof Promise = globalThis.Promise;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
