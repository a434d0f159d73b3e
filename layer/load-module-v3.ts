/** How version 3 of Lambda's runtime client loads a module: CommonJS by `require`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { importModule } from './import-module.ts';
import type { HideLayer } from './load-error.ts';
import type { ModulePlace } from './module-place.ts';
import { runtimeRequire } from './runtime-require.ts';

export async function loadModuleV3(
  { taskRoot, folder, name }: ModulePlace,
  hideLayer: HideLayer,
): Promise<unknown> {
  const require = runtimeRequire();
  const path = resolve(taskRoot, folder, name);
  const requireFile = (file: string): unknown => (existsSync(file) ? require(file) : undefined);
  const importFile = async (file: string): Promise<unknown> =>
    existsSync(file) ? importModule(file) : undefined;

  const bare = requireFile(path);
  // A CommonJS module may export nothing that counts as a value; then the next one is tried.
  if (bare) return bare;
  const isEsModule = existsSync(`${path}.js`) && isInModulePackage(dirname(path), hideLayer);
  return (
    (isEsModule ? await importFile(`${path}.js`) : requireFile(`${path}.js`)) ||
    (await importFile(`${path}.mjs`)) ||
    requireFile(`${path}.cjs`) ||
    require(require.resolve(name, { paths: [taskRoot, folder] }))
  );
}

/** Whether the nearest package.json says `"type": "module"`. */
function isInModulePackage(folder: string, hideLayer: HideLayer): boolean {
  if (folder.endsWith('/node_modules')) return false;
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (manifest) return Reflect.get(Object(manifest), 'type') === 'module';
    } catch (error) {
      hideLayer(error);
      console.warn(
        `${file} cannot be read, it will be ignored for ES module detection purposes.`,
        error,
      );
      return false;
    }
  }
  return folder !== '/' && isInModulePackage(resolve(folder, '..'), hideLayer);
}
