/** Installs this package as npm does: packed, then unpacked into a project's `node_modules`. */

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @returns the paths of the published files */
export async function installPackedPackage(project: string): Promise<readonly string[]> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: root,
  });
  const [{ filename, files }] = JSON.parse(stdout);
  const installed = join(project, 'node_modules', 'xpander-lambda');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(project, filename), '-C', installed, '--strip-components=1']);
  return files.map(({ path }: { path: string }) => path);
}
