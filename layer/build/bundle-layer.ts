/**
 * Bundles one program of a layer with its dependencies: the modules of its init into one file, since
 * each file costs half a millisecond, and modules that are loaded later into separate files.
 */
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';
import { builtinModules, isRequiredBuiltin } from '../../src/build/builtin-modules.ts';
import { capturedGlobals, undiciTimers } from '../../src/build/captured-globals.ts';
import { licencesOf } from '../../src/build/licences.ts';
import { initClosure, staticClosure } from '../../src/build/static-closure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface LayerBundle {
  /** Contents by file name. */
  readonly files: ReadonlyMap<string, string>;
  readonly sourceMaps: ReadonlyMap<string, string>;
  readonly metafile: Metafile;
}

/** Which modules a file contains, in the format of esbuild's metafile. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, MetafileOutput>>;
}

export interface MetafileOutput {
  readonly bytes: number;
  /** Files that are loaded with it. */
  readonly imports: readonly string[];
  /** Bytes of each module before minification. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** File name of an entry without code: its code is in the chunk of its init modules. */
const emptyEntry = 'entry.mjs';

/** @param others - more programs, which import nothing */
export async function bundleLayer(
  program: string,
  others: readonly string[] = [],
): Promise<LayerBundle> {
  const init = initClosure();
  const sdk = staticClosure('sdk', ({ id }) =>
    /client-secrets-manager\/dist-es\/index\.js$/.test(id),
  );
  const eventStream = staticClosure('event-stream', ({ id }) => isEventStreamCodec(id));
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries([program, ...others].map((entry) => [nameOf(entry), entry])),
    platform: 'node',
    transform: { target: 'node22' },
    // The SDK's ES modules load a credentials provider only when it is used.
    resolve: { mainFields: ['module', 'main'] },
    // Reading a property of a built-in module has no side effects.
    treeshake: { propertyReadSideEffects: false },
    plugins: [
      capturedGlobals,
      undiciTimers,
      builtinModules,
      init.plugin,
      sdk.plugin,
      eventStream.plugin,
    ],
    preserveEntrySignatures: 'allow-extension',
  });

  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: ({ name, moduleIds }) => (moduleIds.length > 0 ? `${name}.mjs` : emptyEntry),
    chunkFileNames: ({ name, moduleIds }) =>
      moduleIds.includes(program) ? `${name}.mjs` : `chunks/${name}.mjs`,
    minify: true,
    // The runtime looks up the export by its name.
    minifyInternalExports: false,
    sourcemap: 'hidden',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'builtins', test: isRequiredBuiltin, priority: 4 },
        {
          name: nameOf(program),
          test: (id) => id === program || init.holds(id),
          priority: 3,
        },
        // Needed for every delivery; in the chunk of the SDK it would load the whole SDK.
        {
          name: 'event-stream',
          test: (id) => isEventStreamCodec(id) || eventStream.holds(id),
          priority: 2.5,
        },
        { name: 'secrets-manager', test: (id) => sdk.holds(id) && isPackage(id), priority: 2 },
        { name: 'undici', test: (id) => id.includes('/node_modules/undici/'), priority: 1 },
        { name: 'credentials', test: isPackage },
      ],
    },
  });
  const chunks = output
    .filter((file) => file.type === 'chunk')
    .filter(({ fileName }) => fileName !== emptyEntry);
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds);
  return {
    files: new Map([
      ...chunks.map(({ fileName, code }) => [fileName, code] as const),
      ['licenses.txt', licencesOf(modules)],
    ]),
    sourceMaps: new Map(
      chunks.flatMap(({ fileName, map }) =>
        map ? [[`${fileName}.map`, JSON.stringify(map)] as const] : [],
      ),
    ),
    metafile: { outputs: Object.fromEntries(chunks.map(describe)) },
  };
}

/** Whether a module was created by the bundler or a plugin, such as those for built-in modules. */
function isVirtual(id: string): boolean {
  return id.startsWith('\0');
}

function nameOf(entry: string): string {
  return basename(entry, '.ts');
}

function isEventStreamCodec(id: string): boolean {
  return id.includes('/node_modules/@smithy/eventstream-codec/');
}

function isPackage(id: string): boolean {
  return id.includes('/node_modules/');
}

function describe({ fileName, code, imports, modules }: OutputChunk): [string, MetafileOutput] {
  const inputs = Object.entries(modules).map(([id, { renderedLength }]) => [
    isVirtual(id) ? id.slice(1) : relative(root, id),
    renderedLength,
  ]);
  return [
    fileName,
    { bytes: Buffer.byteLength(code), imports, inputs: Object.fromEntries(inputs) },
  ];
}
