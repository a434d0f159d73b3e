/**
 * Bundles the entry points for functions: the modules of init into one file, since each file costs
 * more than half a millisecond, and modules that are loaded later into separate files.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { awsSdkFiles, bundleAwsSdk } from './aws-sdk.ts';
import { builtinModules, isRequiredBuiltin } from './builtin-modules.ts';
import { capturedGlobals, undiciTimers } from './captured-globals.ts';
import { licencesOf } from './licences.ts';
import { initClosure } from './static-closure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const init = initClosure();

const bundle = await rolldown({
  cwd: root,
  input: {
    index: 'src/index.ts',
    'after-response': 'src/after-response.ts',
    otel: 'src/otel.ts',
  },
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  // Reading a property of a built-in module has no side effects.
  treeshake: { propertyReadSideEffects: false },
  plugins: [capturedGlobals, undiciTimers, awsSdkFiles, builtinModules, init.plugin],
});
const { output } = await bundle.write({
  dir: 'dist',
  format: 'esm',
  chunkFileNames: 'chunks/[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      { name: 'builtins', test: isRequiredBuiltin, priority: 1 },
      { name: 'init', test: init.holds },
    ],
  },
});

const files = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
files.push(...(await bundleAwsSdk(root, 'dist/chunks')));
writeFileSync(`${root}dist/index.licenses.txt`, licencesOf(files));
