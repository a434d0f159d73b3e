import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The layers that there are. */
export type LayerName = 'reporter' | 'sentinel';

/** What they say of themselves where they are published. */
export const layerDescriptions: Readonly<Record<LayerName, string>> = {
  reporter: 'Reports runs of AI agents to xpander.ai',
  sentinel: 'Reports to xpander.ai how runs end that cannot report it themselves',
};

/**
 * The zip of a layer in this package. Not its folder: a zip keeps the files' modes on every system.
 *
 * @throws Error when the layers are not built
 */
export function layerZip(name: LayerName): string {
  const root = dirname(createRequire(import.meta.url).resolve('xpander-lambda/package.json'));
  const zip = join(root, 'layer', 'dist', `${name}.zip`);
  if (existsSync(zip)) return zip;
  throw new Error(
    `The ${name} layer is missing: there is no ${zip}. In a clone of xpander-lambda run 'npm run build:layer'; else install the package again.`,
  );
}
