/** A project outside this repository, with the package installed as it is published. */

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackedPackage } from '../support/packed-package.ts';
import type { BundleCase } from './bundle-cases.ts';

export interface BundlerProject extends AsyncDisposable {
  /** @returns the folder that the function is deployed from, with nothing but the bundle in it */
  readonly bundle: (bundleCase: BundleCase) => Promise<string>;
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that it uses besides, by the folder in this repository's `node_modules`. */
const otherPackages = { '@middy/core': 'middy7', esbuild: 'esbuild', '.bin': '.bin' };

export async function createBundlerProject(): Promise<BundlerProject> {
  const folder = await mkdtemp(join(tmpdir(), 'bundlers-'));
  const project = join(folder, 'project');
  await cp(fileURLToPath(new URL('functions', import.meta.url)), project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  await writeFile(join(project, 'package-lock.json'), '{}');
  await installPackedPackage(project);
  for (const [name, source] of Object.entries(otherPackages)) {
    const target = join(project, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(root, 'node_modules', source), target);
  }
  return {
    bundle: async ({ name, agent = 'agent', command }) => {
      const taskRoot = join(folder, 'deployed', name.replaceAll(/\W+/g, '-'));
      const [file, ...args] = command(join(project, `${agent}.mjs`), taskRoot);
      await run(file, args, { cwd: project });
      return taskRoot;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
