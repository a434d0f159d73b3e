/**
 * Lays the layers out as `/opt` will have them, and packs each into a zip:
 * `node layer/build.ts [folder]`, `layer/dist` if none is named.
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
// Put in its place when it is whole: somebody may be using the last one.
const dist = `${target}.${process.pid}`;

interface Layer {
  readonly name: string;
  readonly program: string;
  /** Programs beside it that import nothing. */
  readonly others?: readonly string[];
  /** Where in `/opt` the bundle goes. */
  readonly folder: string;
  /** Scripts that Lambda starts: where they are here, and in `/opt`. */
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

// Lambda runs functions as somebody else than who builds images.
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

const last = `${target}.last`;
if (existsSync(target)) renameSync(target, last);
renameSync(dist, target);
rmSync(last, { recursive: true, force: true });

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
