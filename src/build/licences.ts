/** Collects the licences of bundled packages. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns one text with each licence once, below the names of its packages.
 *
 * @param files - the bundled files; files of this package are ignored
 * @throws Error for a package without a licence file
 */
export function licencesOf(files: readonly string[]): string {
  const folders = new Set(files.map(packageOf).filter((folder) => folder !== undefined));
  const packagesOf = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const text = licenceText(folder);
    const { name, version } = readManifest(folder);
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), `${name} ${version}`]);
  }
  return [...packagesOf].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join('\n\n');
}

/** The folder of the package that a file comes from; undefined for a file of ours. */
function packageOf(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

function licenceText(folder: string): string {
  const file = licenceFile(folder) ?? licenceOfSibling(folder);
  if (file === undefined) {
    throw new Error(`${folder} is bundled but has no licence file. Find out its licence.`);
  }
  return readFileSync(file, 'utf8').trim();
}

function licenceFile(folder: string): string | undefined {
  return globSync(join(folder, '{LICENSE,LICENCE,license}*'))[0];
}

/** Some repositories publish only some of their packages with a licence file. */
function licenceOfSibling(folder: string): string | undefined {
  const { license, repository } = readManifest(folder);
  return globSync(join(dirname(folder), '*'))
    .filter((sibling) => {
      const manifest = readManifest(sibling);
      return manifest.license === license && manifest.repository?.url === repository?.url;
    })
    .map(licenceFile)
    .find((file) => file !== undefined);
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: { readonly url: string };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
