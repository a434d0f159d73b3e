/** A function's folder as it is deployed: its code, and the package as it is built now. */

import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Variant } from './variants.ts';

/** Where a variant's function lies, as Lambda's configuration names it. */
export interface BuiltFunction {
  readonly taskRoot: string;
  readonly handler: string;
  /** A script that starts the runtime client. */
  readonly execWrapper?: string;
}

export interface TaskRoot extends AsyncDisposable {
  /** Bundles a variant that is deployed as one file. */
  readonly build: (variant: Variant) => Promise<BuiltFunction>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const sources = fileURLToPath(new URL('functions', import.meta.url));
// Inside the project, so that other packages are found in a folder above, as Lambda's SDK is.
const temp = fileURLToPath(new URL('temp', import.meta.url));

/**
 * Copies the package, so that a build in the meantime does not change what is measured.
 *
 * @throws Error when the package has not been built
 */
export async function createTaskRoot(): Promise<TaskRoot> {
  await mkdir(temp, { recursive: true });
  const taskRoot = await mkdtemp(join(temp, 'task-'));
  const installed = join(taskRoot, 'node_modules', 'xpander-lambda');
  await cp(join(project, 'dist'), join(installed, 'dist'), { recursive: true });
  await cp(join(project, 'package.json'), join(installed, 'package.json'));
  await cp(sources, taskRoot, { recursive: true });
  await cp(join(project, 'layer', 'dist', 'reporter'), join(taskRoot, 'opt'), { recursive: true });
  return {
    build: (variant) => buildIn(taskRoot, variant),
    [Symbol.asyncDispose]: () => rm(taskRoot, { recursive: true, force: true }),
  };
}

async function buildIn(taskRoot: string, variant: Variant): Promise<BuiltFunction> {
  const { source, form, external } = variant;
  const handler = `${source}.handler`;
  if (form === 'module') return { taskRoot, handler };
  if (form === 'layer') {
    return {
      taskRoot,
      handler,
      execWrapper: join(taskRoot, 'opt', 'xpander-lambda', 'exec-wrapper'),
    };
  }

  const bundle = `${source}-bundled`;
  await build({
    entryPoints: [join(taskRoot, `${source}.mjs`)],
    outfile: join(taskRoot, `${bundle}.cjs`),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: [...external],
    logLevel: 'error',
  });
  return { taskRoot, handler: `${bundle}.handler` };
}
