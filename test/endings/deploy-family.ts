/** Puts the files of a family into a folder of this package, whose name they can import. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Family } from './family.ts';

const folders = fileURLToPath(new URL('temp', import.meta.url));
const packages = fileURLToPath(new URL('packages/node_modules', import.meta.url));

export interface Deployed extends AsyncDisposable {
  readonly taskRoot: string;
}

export async function deployFamily({ files }: Pick<Family, 'files'>): Promise<Deployed> {
  await mkdir(folders, { recursive: true });
  const taskRoot = await mkdtemp(join(folders, 'task-'));
  await symlink(packages, join(taskRoot, 'node_modules'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(taskRoot, name), text);
  return {
    taskRoot,
    [Symbol.asyncDispose]: () => rm(taskRoot, { recursive: true, force: true }),
  };
}
