/**
 * Builds the layers as folders that become `/opt`, and packs each into a zip:
 * `node layer/build.ts [folder]`. The default folder is `layer/dist`.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLayer, type LayerBundle } from './build/bundle-layer.ts';
import { zipFolder } from './build/zip-folder.ts';

const source = fileURLToPath(new URL('.', import.meta.url));
const target = resolve(process.argv[2] ?? join(source, 'dist'));
// Moved to `target` when complete, because other processes may use the previous build.
const dist = `${target}.${process.pid}`;

interface Layer {
  readonly name: string;
  readonly program: string;
  /** More programs, which import nothing. */
  readonly others?: readonly string[];
  /** The bundle's folder in `/opt`. */
  readonly folder: string;
  /** Scripts that Lambda starts: path here to path in `/opt`. */
  readonly scripts: Readonly<Record<string, string>>;
}

const layers: readonly Layer[] = [
  {
    name: 'reporter',
    program: 'handler.ts',
    others: ['preload.ts'],
    folder: 'xpander-lambda',
    scripts: { 'exec-wrapper': 'xpander-lambda/exec-wrapper' },
  },
  {
    name: 'sentinel',
    program: 'sentinel/sentinel.ts',
    folder: 'xpander-lambda/sentinel',
    scripts: { 'sentinel/xpander-sentinel': 'extensions/xpander-sentinel' },
  },
];

// Lambda runs the function as another user than the one that builds an image.
process.umask(0o022);

const built = await Promise.all(
  layers.map(async (layer) => ({ layer, bundled: await bundle(layer) })),
);

rmSync(dist, { recursive: true, force: true });
for (const { layer, bundled } of built) {
  const { name, folder, scripts } = layer;
  const opt = join(dist, name);
  const { files, sourceMaps, metafile } = bundled;
  for (const [file, text] of files) write(join(opt, folder, file), text);
  for (const [file, text] of sourceMaps) write(join(dist, 'source-maps', name, file), text);
  write(join(dist, `${name}.meta.json`), JSON.stringify(metafile, undefined, 2));
  for (const [from, to] of Object.entries(scripts)) {
    const script = join(opt, to);
    mkdirSync(dirname(script), { recursive: true });
    copyFileSync(join(source, from), script);
    chmodSync(script, 0o755);
  }
  writeFileSync(join(dist, `${name}.zip`), zipFolder(opt));
}

const previous = `${target}.previous`;
if (existsSync(target)) renameSync(target, previous);
renameSync(dist, target);
rmSync(previous, { recursive: true, force: true });

function bundle({ program, others = [] }: Layer): Promise<LayerBundle> {
  return bundleLayer(
    join(source, program),
    others.map((other) => join(source, other)),
  );
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
