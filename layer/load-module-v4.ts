/** Loads a module as version 4 of Lambda's runtime client does. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importModule } from './import-module.ts';
import type { ModuleLocation } from './module-location.ts';
import { runtimeRequire } from './runtime-require.ts';

const extensions = ['', '.js', '.mjs', '.cjs'];

export async function loadModuleV4({ taskRoot, folder, name }: ModuleLocation): Promise<unknown> {
  const path = resolve(taskRoot, folder, name);
  for (const extension of extensions) {
    if (existsSync(path + extension)) return importModule(path + extension);
  }
  const require = runtimeRequire();
  return require(require.resolve(name, { paths: [taskRoot, join(taskRoot, folder)] }));
}
