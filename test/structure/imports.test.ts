/** The folders of `src`, `layer` and `infra`, and what imports what; the linter checks single files. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = globSync(['src/**/*.{ts,tsx}', 'layer/**/*.ts', 'infra/**/*.ts'], {
  cwd: root,
}).filter((file) => !/^(?:layer\/dist|infra\/sample)\//.test(file));
/** Type imports and imports that are loaded later included. */
const imports = new Map(sources.map((file) => [file, importsOf(file)]));

test('no files import each other in a circle, types included', () => {
  expect(imports.size).toBeGreaterThan(400);
  expect(circlesIn(imports)).toEqual([]);
});

test('no folders import each other in a circle', () => {
  // Entry points lie in `src` itself, and so do the errors, which each folder may import.
  const place = (file: string): string => (dirname(file) === 'src' ? file : dirname(file));
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const from = place(file);
    const known = folders.get(from) ?? new Set();
    folders.set(from, known);
    for (const target of targets) if (place(target) !== from) known.add(place(target));
  }

  expect(circlesIn(folders)).toEqual([]);
});

test('src itself holds the entry points of the package and its errors, nothing else', () => {
  const loose = sources.filter((file) => dirname(file) === 'src');

  expect(loose.sort()).toEqual(['after-response', 'errors', 'index', 'otel'].map(entryFile));
});

test('no folder holds more files than a reader takes in', () => {
  const counts = Object.groupBy(sources, (file) => dirname(file));

  const crowded = Object.keys(counts).filter((folder) => (counts[folder]?.length ?? 0) > 25);
  expect(crowded).toEqual([]);
});

test('each folder of src has a rule of the linter that says what it may import', () => {
  const { overrides }: { overrides: { includes: string[]; linter: unknown }[] } = JSON.parse(
    readFileSync(join(root, 'biome.json'), 'utf8'),
  );
  const ruled = overrides
    .filter(({ linter }) => JSON.stringify(linter).includes('noRestrictedImports'))
    .flatMap(({ includes }) => includes);

  const folders = new Set(
    sources.filter((file) => file.split('/').length > 2).map((file) => file.split('/')[1]),
  );
  const unruled = [...folders]
    .filter((folder) => sources.some((file) => file.startsWith(`src/${folder}/`)))
    .filter((folder) => !ruled.includes(`src/${folder}/**`));
  // It bundles the package and is no part of it.
  expect(unruled).toEqual(['build']);
});

function entryFile(name: string): string {
  return `src/${name}.ts`;
}

function importsOf(file: string): Set<string> {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g);
  const targets = [...specifiers].map(([, specifier = '']) => join(dirname(file), specifier));
  return new Set(targets.filter((target) => sources.includes(target)));
}

/** Each group of nodes that reach each other, by Tarjan's algorithm. */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];

  const visit = (node: string): number => {
    const own = order.size;
    order.set(node, own);
    lowest.set(node, own);
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const reached = order.has(next)
        ? path.includes(next)
          ? (order.get(next) ?? own)
          : own
        : visit(next);
      lowest.set(node, Math.min(lowest.get(node) ?? own, reached));
    }
    if (lowest.get(node) === own) {
      const group = path.splice(path.indexOf(node));
      if (group.length > 1) circles.push(group.sort());
    }
    return lowest.get(node) ?? own;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}
