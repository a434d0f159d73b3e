import { createRequire } from 'node:module';

/**
 * The `require` of the runtime client: modules are then looked for, and errors name the module that
 * required them, as without the layer.
 */
export function runtimeRequire(): NodeJS.Require {
  try {
    return createRequire(process.argv[1] ?? import.meta.url);
  } catch {
    return createRequire(import.meta.url);
  }
}
