/** The licences of the packages whose code a bundle holds. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One text with all of them.
 *
 * @param files - what was bundled; files of this package's own do not count
 * @throws Error for a package without a licence file
 */
export function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.map(packageOf));
  return [...folders]
    .filter((folder) => folder !== undefined)
    .sort()
    .map(licence)
    .join('\n\n');
}

/** The folder of the package that a file comes from; undefined for a file of ours. */
function packageOf(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function licence(folder: string): string {
  const [file] = globSync(join(folder, '{LICENSE,LICENCE,license}*'));
  if (file === undefined) {
    throw new Error(`${folder} is bundled but has no licence file. Look into it.`);
  }
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`;
}
