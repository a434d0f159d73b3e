/** What the documentation shows has to compile, and has to be all that there is. */
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentVariables } from '../src/config/environment.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}node_modules/.cache/documentation`;

test('every TypeScript snippet of the README and of the doc comments compiles', async () => {
  const snippets = [
    ...['README.md', 'docs/llm.md', 'docs/local-platform.md'].flatMap((file) =>
      blocks(read(file), 'ts').map((code, n) => ({
        name: `${file.replaceAll(/\W/g, '-')}-${n + 1}`,
        code,
      })),
    ),
    ...globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
      blocks(read(file).replace(/^ *\* ?/gm, ''), 'ts').map((code, n) => ({
        name: `${file.replaceAll(/\W/g, '-')}-${n + 1}`,
        code,
      })),
    ),
  ];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, code } of snippets) writeFileSync(`${folder}/${name}.mts`, code);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(project));

  const compiled = await compile();

  expect(compiled).toBe('');
  expect(snippets.length).toBeGreaterThan(8);
});

test('every JSON snippet of the README is JSON', () => {
  const snippets = blocks(read('README.md'), 'json');

  expect(snippets.map((snippet) => JSON.parse(snippet))).toMatchObject([{ Statement: [{}] }]);
});

test('the README names every variable', () => {
  const readme = read('README.md');

  const missing = Object.values(environmentVariables).filter((name) => !readme.includes(name));

  // The staging platform is for those who build it.
  expect(missing).toEqual(['IS_STG']);
});

test('so does the page on the layer, with its own', () => {
  const page = read('docs/layer.md');

  const inScripts = ['exec-wrapper', 'sentinel/xpander-sentinel'].flatMap((script) =>
    [...read(`layer/${script}`).matchAll(/\$\{?(XPANDER_[A-Z_]+)/g)].map(([, name = '']) => name),
  );
  const unknown = new Set(
    [...page.matchAll(/XPANDER_[A-Z_]+/g)]
      .map(([name]) => name)
      .filter(
        (name) => ![...Object.values<string>(environmentVariables), ...inScripts].includes(name),
      ),
  );

  expect([...unknown]).toEqual([]);
  expect(page).toContain('XPANDER_NEXT_EXEC_WRAPPER');
});

test('the YAML of the page on the layer is YAML, and attaches it', () => {
  const snippets = blocks(read('docs/layer.md'), 'yaml').map((snippet) =>
    JSON.stringify(parse(snippet)),
  );

  expect(snippets).toHaveLength(2);
  for (const snippet of snippets) {
    expect(snippet).toContain('"AWS_LAMBDA_EXEC_WRAPPER":"/opt/xpander-lambda/exec-wrapper"');
    expect(snippet).toContain(':layer:xpander-lambda:1"');
  }
});

const project = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    isolatedDeclarations: false,
    noUnusedLocals: false,
    paths: {
      'xpander-lambda': ['../../../dist/index.d.ts'],
      '@middy/core': ['../../middy7/index.d.ts'],
    },
  },
  include: ['*.mts'],
};

async function compile(): Promise<string> {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms');
  return [...text.matchAll(fence)].map(([, code = '']) => code);
}

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}
