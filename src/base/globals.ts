/**
 * Globals at the time this package was loaded: the function's own code may replace or delete them.
 * The bundler makes our modules import these instead of using the global names.
 */
export const Buffer: typeof globalThis.Buffer = globalThis.Buffer;
export const Date: typeof globalThis.Date = globalThis.Date;
export const JSON: typeof globalThis.JSON = globalThis.JSON;
export const Number: typeof globalThis.Number = globalThis.Number;
export const Object: typeof globalThis.Object = globalThis.Object;
export const Promise: typeof globalThis.Promise = globalThis.Promise;
export const RegExp: typeof globalThis.RegExp = globalThis.RegExp;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
