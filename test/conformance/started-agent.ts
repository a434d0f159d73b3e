/** Agents of these tests, in every form in which a handler is deployed, under the emulator. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import { bundleFunction } from '../support/rie/bundle-function.ts';
import { type Rie, type RieOptions, startRie } from '../support/rie/start-rie.ts';
import { reportingTo } from '../support/sample-function.ts';

const functions: string = fileURLToPath(new URL('functions', import.meta.url));

/** How a handler's module reaches Lambda. */
export interface ModuleForm {
  readonly form: string;
  /** The file in `functions` that it is made from. */
  readonly file: string;
  readonly bundle?: 'cjs' | 'esm';
}

export const moduleForms: readonly [
  esModule: ModuleForm,
  withEntry: ModuleForm,
  commonJs: ModuleForm,
  ...ModuleForm[],
] = [
  { form: 'an ES module', file: 'agent' },
  { form: 'an ES module that imports the entry', file: 'agent-with-entry' },
  { form: 'a CommonJS bundle', file: 'agent', bundle: 'cjs' },
  { form: 'an ES module bundle', file: 'agent', bundle: 'esm' },
  { form: 'an ES module bundle that imports the entry', file: 'agent-with-entry', bundle: 'esm' },
];

export type AgentOptions = Pick<RieOptions, 'environment' | 'timeoutSeconds'> & {
  readonly platform: LocalPlatform;
  /** A file in `functions` that is loaded before the handler. */
  readonly preload?: string;
};

/** Starts one export of an agent in the given form. */
export async function startAgent(
  { file, bundle }: ModuleForm,
  name: string,
  { platform, preload, environment, ...options }: AgentOptions,
): Promise<Rie> {
  await using stack = new AsyncDisposableStack();
  const bundled = bundle && stack.use(await bundleFunction(join(functions, `${file}.mjs`), bundle));
  const rie = stack.use(
    await startRie({
      handler: `${bundled ? 'index' : file}.${name}`,
      taskRoot: bundled?.taskRoot ?? functions,
      nodeArguments: preload === undefined ? [] : ['--import', join(functions, preload)],
      environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform), ...environment },
      ...options,
    }),
  );
  const resources = stack.move();
  const close = (): Promise<void> => resources.disposeAsync();
  return { ...rie, close, [Symbol.asyncDispose]: close };
}
