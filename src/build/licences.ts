/** The licences of the packages whose code a bundle holds. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * One text with all of them.
 *
 * @param root - the folder that the bundle's paths start from
 * @throws Error for a package without a licence file
 */
export function licencesOf({ inputs }: Metafile, root: string): string {
  const folders = new Set(Object.keys(inputs).map(packageOf));
  return [...folders]
    .filter((folder) => folder !== undefined)
    .sort()
    .map((folder) => licence(join(root, folder)))
    .join('\n\n');
}

/** The folder of the package that a bundled file comes from; undefined for a file of ours. */
function packageOf(file: string): string | undefined {
  return /^(?!builtin:)(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function licence(folder: string): string {
  const [file] = globSync(join(folder, '{LICENSE,LICENCE,license}*'));
  if (file === undefined) {
    throw new Error(`${folder} is bundled but has no licence file. Look into it.`);
  }
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
