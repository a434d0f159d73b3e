/**
 * Bundles one program of a layer with all that it needs: what its start needs into one file, as
 * each file costs a start half a millisecond; what is needed later apart from that.
 */
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';
import { builtinModules, isRequiredBuiltin } from '../../src/build/builtin-modules.ts';
import { capturedGlobals, undiciTimers } from '../../src/build/captured-globals.ts';
import { licencesOf } from '../../src/build/licences.ts';
import { neededAtInit, staticClosure } from '../../src/build/static-closure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface LayerBundle {
  /** By their names. */
  readonly files: ReadonlyMap<string, string>;
  readonly sourceMaps: ReadonlyMap<string, string>;
  readonly metafile: Metafile;
}

/** What came of which module, in the words of esbuild's metafile. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, MetafileOutput>>;
}

export interface MetafileOutput {
  readonly bytes: number;
  /** Files that are loaded with it. */
  readonly imports: readonly string[];
  /** Bytes of each module before it was minified. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** Stands for a program whose code is in the file of what it needs at its start. */
const emptyEntry = 'entry.mjs';

/** @param others - programs that import nothing, beside the one that the bundle is for */
export async function bundleLayer(
  program: string,
  others: readonly string[] = [],
): Promise<LayerBundle> {
  const atInit = neededAtInit();
  const sdk = staticClosure('sdk', ({ id }) =>
    /client-secrets-manager\/dist-es\/index\.js$/.test(id),
  );
  const eventStream = staticClosure('event-stream', ({ id }) => isEventStreamCodec(id));
  const bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries([program, ...others].map((entry) => [nameOf(entry), entry])),
    platform: 'node',
    transform: { target: 'node22' },
    // The SDK's ES modules load a credentials provider only when they ask it.
    resolve: { mainFields: ['module', 'main'] },
    // Reading a module of Node's is no reason to keep what is not used.
    treeshake: { propertyReadSideEffects: false },
    plugins: [
      capturedGlobals,
      undiciTimers,
      builtinModules,
      atInit.plugin,
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
    // The file is called by the name of what it exports.
    minifyInternalExports: false,
    sourcemap: 'hidden',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'builtins', test: isRequiredBuiltin, priority: 4 },
        {
          name: nameOf(program),
          test: (id) => id === program || atInit.holds(id),
          priority: 3,
        },
        // Every delivery needs it; with the SDK it would bring all of that.
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

/** Of the bundler or one of its plugins: Node's own modules, which take a line each. */
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
