/**
 * Bundles the part of the AWS SDK that reads a secret, so that a function's own bundler finds neither
 * a package that it treats as external nor a `require` that it cannot convert.
 */
import { type Plugin, rolldown } from 'rolldown';
import { builtinModules, isRequiredBuiltin } from './builtin-modules.ts';
import { staticClosure } from './static-closure.ts';

const entry = 'src/delivery/credentials/secrets-manager.ts';
const folder = 'aws-sdk';

/** Redirects the import of the SDK to the files that `bundleAwsSdk` writes. */
export const awsSdkFiles: Plugin = {
  name: 'aws-sdk-files',
  resolveId: (id) =>
    id === './secrets-manager.ts'
      ? { id: `./${folder}/secrets-manager.js`, external: 'relative' }
      : undefined,
};

/**
 * @param parent - the folder in which the folder of the files is created
 * @returns the ids of the bundled modules
 */
export async function bundleAwsSdk(root: string, parent: string): Promise<readonly string[]> {
  const client = staticClosure('client', ({ isEntry }) => isEntry);
  const bundle = await rolldown({
    cwd: root,
    input: entry,
    platform: 'node',
    // The SDK's ES modules load a credential provider only when it is used.
    resolve: { mainFields: ['module', 'main'] },
    treeshake: { propertyReadSideEffects: false },
    plugins: [builtinModules, client.plugin],
    preserveEntrySignatures: 'allow-extension',
  });
  const { output } = await bundle.write({
    dir: `${parent}/${folder}`,
    format: 'esm',
    chunkFileNames: '[name].js',
    // Shortens parsing, also inside a function's own bundle.
    minify: true,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'builtins', test: isRequiredBuiltin, priority: 2 },
        { name: 'client', test: client.holds, priority: 1 },
        { name: 'credentials', test: /\/node_modules\// },
      ],
    },
  });
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}
