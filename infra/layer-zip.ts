import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type LayerName = 'reporter' | 'sentinel';

/** Descriptions of the published layers. */
export const layerDescriptions: Readonly<Record<LayerName, string>> = {
  reporter: 'Reports the tasks of AI agents to xpander.ai',
  sentinel: 'Reports to xpander.ai how tasks end whose process cannot report it',
};

/**
 * Path of a layer's zip in this package. A zip, unlike a folder, keeps file modes on every system.
 *
 * @throws Error if the layers are not built
 */
export function layerZip(name: LayerName): string {
  const root = dirname(createRequire(import.meta.url).resolve('xpander-lambda/package.json'));
  const zip = join(root, 'layer', 'dist', `${name}.zip`);
  if (existsSync(zip)) return zip;
  throw new Error(
    `The ${name} layer is missing: ${zip} does not exist. Run 'npm run build:layer' in a clone of xpander-lambda; otherwise install the package again.`,
  );
}
