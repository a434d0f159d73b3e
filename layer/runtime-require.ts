import { createRequire } from 'node:module';

/**
 * The `require` of the runtime client, so that module resolution and the require stack in errors are
 * the same as without the layer.
 */
export function runtimeRequire(): NodeJS.Require {
  try {
    return createRequire(process.argv[1] ?? import.meta.url);
  } catch {
    return createRequire(import.meta.url);
  }
}
