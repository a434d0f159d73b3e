/** Bundles a handler into one file, as deployment tools do. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface BundledFunction extends AsyncDisposable {
  /** The folder that the function is deployed from. */
  readonly taskRoot: string;
}

const bundles: string = fileURLToPath(new URL('temp', import.meta.url));

/**
 * Bundles with the settings of CDK's NodejsFunction and of SAM: for `cjs` an `index.js` that is
 * CommonJS for want of a package.json that says otherwise, for `esm` an `index.mjs`.
 */
export async function bundleFunction(
  entryPoint: string,
  format: 'cjs' | 'esm',
): Promise<BundledFunction> {
  await mkdir(bundles, { recursive: true });
  const name = basename(entryPoint, extname(entryPoint));
  const taskRoot = await mkdtemp(join(bundles, `${name}-${format}-`));
  const remove = (): Promise<void> => rm(taskRoot, { recursive: true, force: true });
  try {
    // Cuts it off from the package.json of this repository.
    await writeFile(join(taskRoot, 'package.json'), '{}');
    await bundle(entryPoint, format, taskRoot);
  } catch (error) {
    await remove();
    throw error;
  }
  return { taskRoot, [Symbol.asyncDispose]: remove };
}

async function bundle(entryPoint: string, format: 'cjs' | 'esm', folder: string): Promise<void> {
  await build({
    entryPoints: [entryPoint],
    outfile: join(folder, format === 'cjs' ? 'index.js' : 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format,
    // The runtime has it.
    external: ['@aws-sdk/*', '@smithy/*'],
    // The usual way to give CommonJS packages their `require` in an ES module.
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
    logLevel: 'error',
  });
}
