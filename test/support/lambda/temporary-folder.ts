/** The folder that stands for `/tmp`: it lives as long as an environment, whatever ends in it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** Leaves a folder that was given. */
  readonly remove: () => Promise<void>;
}

export async function openTemporaryFolder(given: string | undefined): Promise<TemporaryFolder> {
  if (given !== undefined) return { path: given, remove: async () => {} };
  const path = await mkdtemp(join(tmpdir(), 'lambda-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
