/** Where an installed runtime client lies. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of one installed runtime client and what lies in it. */
export interface RuntimeClientFolder {
  readonly path: string;
  readonly version: string;
  readonly package: string;
  readonly nativeClient: string;
  /** A folder of its own for the client with its native part replaced. */
  readonly standIn: string;
  /** Says how compiling failed. Deleting this file makes the next use try again. */
  readonly buildFailure: string;
  readonly log: string;
}

export function openRuntimeClientFolder(name: 'v3' | 'v4'): RuntimeClientFolder {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const modules = join(path, 'node_modules');
  const manifest: { dependencies: Record<string, string> } = readJson(join(path, 'package.json'));
  return {
    path,
    version: manifest.dependencies['aws-lambda-ric'] ?? '',
    package: join(modules, 'aws-lambda-ric'),
    nativeClient: join(modules, 'aws-lambda-ric', 'rapid-client.node'),
    standIn: join(modules, '.stand-in'),
    buildFailure: join(modules, '.build-failure'),
    log: join(path, 'temp', 'install.log'),
  };
}

export function isPackageInstalled(folder: RuntimeClientFolder): boolean {
  const manifest = join(folder.package, 'package.json');
  // npm writes its own lock last, so an installation that was cut off does not count.
  const complete = join(folder.path, 'node_modules', '.package-lock.json');
  if (!existsSync(manifest) || !existsSync(complete)) return false;
  return readJson<{ version: string }>(manifest).version === folder.version;
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
