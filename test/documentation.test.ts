/** What the documentation shows has to compile, and has to be all that there is. */
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentVariables } from '../src/config/environment.ts';
import { taskReporter } from '../src/index.ts';
import { blocks, pages, read, root } from './support/pages.ts';

const folder = `${root}node_modules/.cache/documentation`;

test('every TypeScript snippet of the pages and of the doc comments compiles', async () => {
  // The snippets of the CDK's page are compiled with the types of the CDK.
  const compiledHere = pages.filter((page) => page !== 'docs/cdk.md');
  const snippets = [
    ...compiledHere.map((file) => ({ file, text: read(file) })),
    ...globSync('src/**/*.ts', { cwd: root }).map((file) => ({
      file,
      text: read(file).replace(/^ *\* ?/gm, ''),
    })),
  ].flatMap(({ file, text }) =>
    blocks(text, 'ts').map((code, n) => ({
      name: `${file.replaceAll(/\W/g, '-')}-${n + 1}`,
      code,
    })),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, code } of snippets) writeFileSync(`${folder}/${name}.mts`, code);
  writeFileSync(`${folder}/openai.d.ts`, openai);
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(project));

  const compiled = await compile();

  expect(compiled).toBe('');
  expect(snippets.length).toBeGreaterThan(20);
});

test('every JSON snippet is JSON', () => {
  const snippets = pages.flatMap((page) => blocks(read(page), 'json'));

  expect(snippets.map((snippet) => JSON.parse(snippet))).toMatchObject([{ Statement: [{}] }]);
});

test('the page on options names every option and every variable', () => {
  const page = read('docs/options.md');

  const missing = [...optionNames(), ...Object.values(environmentVariables)].filter(
    (name) => !new RegExp(`\`${name}[\`(=]`).test(page),
  );

  // The staging platform is for those who build it.
  expect(missing).toEqual(['IS_STG']);
});

test('the page on the layer names its own variables and no unknown ones', () => {
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

test('the YAML snippets are YAML and attach the layer', () => {
  const snippets = pages.flatMap((page) =>
    blocks(read(page), 'yaml').map((snippet) => JSON.stringify(parse(snippet))),
  );

  expect(snippets).toHaveLength(2);
  for (const snippet of snippets) {
    expect(snippet).toContain('"AWS_LAMBDA_EXEC_WRAPPER":"/opt/xpander-lambda/exec-wrapper"');
    expect(snippet).toContain(':layer:xpander-lambda:1"');
  }
});

/** The error for an unknown option lists the known ones. */
function optionNames(): readonly string[] {
  try {
    taskReporter({ unknown: true } as object);
  } catch (error) {
    const names = /Valid fields: (.+)\.$/.exec(String(error))?.[1]?.split(', ');
    if (names !== undefined) return names;
  }
  throw new Error('The error for an unknown option lists no options.');
}

/** The part of OpenAI's package that the README uses. */
const openai = `declare module 'openai' {
  export default class OpenAI {
    readonly responses: {
      create(request: { model: string; input: string }): Promise<{ output_text: string }>;
    };
  }
}
`;

const project = {
  extends: '../../../tsconfig.json',
  compilerOptions: {
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    paths: {
      'xpander-lambda': ['../../../dist/index.d.ts'],
      '@middy/core': ['../../middy7/index.d.ts'],
    },
  },
  include: ['*.mts', '*.d.ts'],
};

async function compile(): Promise<string> {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}
