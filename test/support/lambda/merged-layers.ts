/** Makes one folder of those of several layers, as Lambda makes `/opt`. */

import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MergedLayers {
  readonly path: string;
  /** The folder of external extensions, if there are any. */
  readonly extensions: string | undefined;
  readonly remove: () => void;
}

/** @returns undefined without layers */
export function mergeLayers(layers: readonly string[]): MergedLayers | undefined {
  if (layers.length === 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'opt-'));
  for (const layer of layers) cpSync(layer, path, { recursive: true, verbatimSymlinks: true });
  const extensions = join(path, 'extensions');
  return {
    path,
    extensions: existsSync(extensions) ? extensions : undefined,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
