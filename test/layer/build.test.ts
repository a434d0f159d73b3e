/** The built layers: contents, sizes, and reproducible builds. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Metafile, MetafileOutput } from '../../layer/build/bundle-layer.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const builder = join(root, 'layer', 'build.ts');
const dist = join(root, 'layer', 'dist');

const kilobyte = 1_000;

interface Ceilings {
  readonly layer: string;
  readonly entry: string;
  readonly zip: number;
  /** Bytes that are loaded before the first event. */
  readonly atInit: number;
}

// A tenth above the current sizes, so that growth is a decision.
const ceilings: readonly Ceilings[] = [
  { layer: 'sentinel', entry: 'sentinel.mjs', zip: 270 * kilobyte, atInit: 13 * kilobyte },
  { layer: 'reporter', entry: 'handler.mjs', zip: 300 * kilobyte, atInit: 71 * kilobyte },
];

describe.each(ceilings)('$layer', ({ layer, entry, zip, atInit }) => {
  test('stays below its size limits', () => {
    const files = loadedWith(metafileOf(layer), entry);
    const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);

    expect(statSync(join(dist, `${layer}.zip`)).size).toBeLessThan(zip);
    expect(bytes).toBeLessThan(atInit);
    // Each file costs as much time as twenty kilobytes.
    expect(files).toHaveLength(1);
  });

  test('contains no modules of the CLI, the local platform or build tools', () => {
    const inputs = inputsOf(metafileOf(layer));

    const unexpected = inputs.filter((input) =>
      /^(src\/(local|build|cli|index|adapters\/middy)|test\/)|node_modules\/(zod|hono|commander|@middy|rolldown|esbuild)\//.test(
        input,
      ),
    );
    expect(unexpected).toEqual([]);
    expect(packagesIn(inputs).filter((name) => !isOfSdk(name))).toEqual(['undici']);
  });

  test('loads no packages before the first event', () => {
    const files = loadedWith(metafileOf(layer), entry);

    expect(files.flatMap(({ inputs }) => packagesIn(Object.keys(inputs)))).toEqual([]);
  });

  test('contains no path of the build machine', () => {
    const texts = filesOf(layer).map((file) => readFileSync(join(dist, layer, file), 'latin1'));

    expect(texts.filter((text) => text.includes(root))).toEqual([]);
  });

  test('has a zip with the same files', () => {
    const packed = unzipSync(readFileSync(join(dist, `${layer}.zip`)));

    const files = filesOf(layer);
    expect(Object.keys(packed).sort()).toEqual(files.sort());
    for (const file of files) {
      const bytes = readFileSync(join(dist, layer, file));
      expect(bytes.equals(packed[file] ?? Buffer.alloc(0)), file).toBe(true);
    }
  });

  test('contains only folders of its own', () => {
    const files = filesOf(layer);

    expect(files.filter((file) => !/^(xpander-lambda|extensions)\//.test(file))).toEqual([]);
  });
});

test('builds are reproducible for other users, folders and time zones', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'layer-'));
  onTestFinished(() => rm(folder, { recursive: true }));

  await run('sh', ['-c', 'umask 077 && exec "$0" "$@"', process.execPath, builder, folder], {
    cwd: '/',
    env: { ...process.env, TZ: 'Asia/Kolkata' },
  });

  for (const { layer } of ceilings) {
    const zip = readFileSync(join(folder, `${layer}.zip`));
    expect(zip.equals(readFileSync(join(dist, `${layer}.zip`))), layer).toBe(true);
    expect(statSync(join(folder, layer, 'xpander-lambda')).mode & 0o777).toBe(0o755);
  }
});

function metafileOf(layer: string): Metafile {
  return JSON.parse(readFileSync(join(dist, `${layer}.meta.json`), 'utf8')) as Metafile;
}

function filesOf(layer: string): string[] {
  const folder = join(dist, layer);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** A file and those that it imports statically. */
function loadedWith({ outputs }: Metafile, entry: string): MetafileOutput[] {
  const names = new Set([entry]);
  for (const name of names) {
    for (const imported of outputs[name]?.imports ?? []) names.add(imported);
  }
  return [...names].map((name) => outputs[name]!);
}

function inputsOf({ outputs }: Metafile): string[] {
  return Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

function packagesIn(inputs: readonly string[]): string[] {
  const names = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function isOfSdk(name: string): boolean {
  return /^@(aws-sdk|smithy|aws)\//.test(name);
}
