/** Bundles the functions with all their clients, as deployment tools do. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export type BundleFormat = 'cjs' | 'esm';

export interface BundledClients extends AsyncDisposable {
  /** The folder that the functions are deployed from: `bare.handler` and `wrapped.handler`. */
  readonly taskRoot: string;
}

const bundles = fileURLToPath(new URL('temp', import.meta.url));
export const functions: string = fileURLToPath(new URL('functions', import.meta.url));

export async function bundleClients(
  format: BundleFormat,
  entries: readonly string[] = ['bare', 'wrapped'],
): Promise<BundledClients> {
  await mkdir(bundles, { recursive: true });
  const taskRoot = await mkdtemp(join(bundles, `${format}-`));
  const remove = (): Promise<void> => rm(taskRoot, { recursive: true, force: true });
  try {
    // Cuts it off from the package.json of this repository.
    await writeFile(join(taskRoot, 'package.json'), '{}');
    await build({
      entryPoints: entries.map((name) => join(functions, `${name}.mjs`)),
      outdir: taskRoot,
      outExtension: { '.js': format === 'cjs' ? '.js' : '.mjs' },
      bundle: true,
      minify: true,
      keepNames: true,
      platform: 'node',
      target: 'node22',
      format,
      // The usual way to give CommonJS packages their `require` in an ES module.
      ...(format === 'esm' && {
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      }),
      logLevel: 'error',
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { taskRoot, [Symbol.asyncDispose]: remove };
}
