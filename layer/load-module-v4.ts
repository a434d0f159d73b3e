/** How version 4 of Lambda's runtime client loads a module. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { importModule } from './import-module.ts';
import type { ModulePlace } from './module-place.ts';
import { runtimeRequire } from './runtime-require.ts';

const suffixes = ['', '.js', '.mjs', '.cjs'];

export async function loadModuleV4({ taskRoot, folder, name }: ModulePlace): Promise<unknown> {
  const path = resolve(taskRoot, folder, name);
  for (const suffix of suffixes) {
    if (existsSync(path + suffix)) return importModule(path + suffix);
  }
  const require = runtimeRequire();
  return require(require.resolve(name, { paths: [taskRoot, join(taskRoot, folder)] }));
}
