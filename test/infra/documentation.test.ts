/** The snippets of the CDK page and of the doc comments compile, and the page lists all options. */
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { optionNames } from '../../infra/reporting-options.ts';

const root = join(import.meta.dirname, '../..');

test('every snippet of the page and of the doc comments compiles', async () => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'cdk-documentation-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const comments = globSync('infra/*.ts', { cwd: root }).map((file) =>
    read(file).replace(/^ *\* ?/gm, ''),
  );
  const snippets = [read('docs/cdk.md'), ...comments].flatMap(blocksOf);
  for (const [number, code] of snippets.entries()) {
    writeFileSync(join(folder, `${number}.mts`), code);
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));

  const compiled = await compile(folder);

  expect(compiled).toBe('');
  expect(snippets.length).toBeGreaterThan(4);
});

test('the CDK page lists every option', () => {
  const page = read('docs/cdk.md');

  const missing = [...optionNames, 'layer', 'sentinel'].filter(
    (name) => !page.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

const project = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    // The default of users: the types of the CDK do not support this flag.
    exactOptionalPropertyTypes: false,
    isolatedDeclarations: false,
    paths: { 'xpander-lambda/cdk': ['../../../infra/index.ts'] },
    typeRoots: ['../../@types'],
  },
  include: ['*.mts'],
};

async function compile(folder: string): Promise<string> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [compiler, '-p', folder]);
  return run.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
}

function blocksOf(text: string): string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
