/** Loads a module as version 3 of Lambda's runtime client does: CommonJS with `require`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { importModule } from './import-module.ts';
import type { RemoveLayer } from './load-error.ts';
import type { ModuleLocation } from './module-location.ts';
import { runtimeRequire } from './runtime-require.ts';

export async function loadModuleV3(
  { taskRoot, folder, name }: ModuleLocation,
  removeLayer: RemoveLayer,
): Promise<unknown> {
  const require = runtimeRequire();
  const path = resolve(taskRoot, folder, name);
  const requireFile = (file: string): unknown => (existsSync(file) ? require(file) : undefined);
  const importFile = async (file: string): Promise<unknown> =>
    existsSync(file) ? importModule(file) : undefined;

  const withoutExtension = requireFile(path);
  // The runtime client tries the next file if a module exports a falsy value.
  if (withoutExtension) return withoutExtension;
  const isEsModule = existsSync(`${path}.js`) && isInModulePackage(dirname(path), removeLayer);
  return (
    (isEsModule ? await importFile(`${path}.js`) : requireFile(`${path}.js`)) ||
    (await importFile(`${path}.mjs`)) ||
    requireFile(`${path}.cjs`) ||
    require(require.resolve(name, { paths: [taskRoot, folder] }))
  );
}

/** Whether the nearest package.json contains `"type": "module"`. */
function isInModulePackage(folder: string, removeLayer: RemoveLayer): boolean {
  if (folder.endsWith('/node_modules')) return false;
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (manifest) return Reflect.get(Object(manifest), 'type') === 'module';
    } catch (error) {
      removeLayer(error);
      console.warn(
        `${file} cannot be read, it will be ignored for ES module detection purposes.`,
        error,
      );
      return false;
    }
  }
  return folder !== '/' && isInModulePackage(resolve(folder, '..'), removeLayer);
}
