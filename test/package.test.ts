/** The package as it is published: packed, unpacked elsewhere, used without this repository. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { installPackedPackage } from './support/packed-package.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
let project: string;
let packed: readonly string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'xpander-lambda-'));
  packed = await installPackedPackage(project);
  return () => rm(project, { recursive: true });
});

test('it holds what is meant to be published, and nothing else', () => {
  const unexpected = packed.filter(
    (path) =>
      !/^(?:dist\/.*\.(?:js|d\.ts)|dist\/(?:tools|index)\.licenses\.txt|dist\/page\/[\w.]+|package\.json|README\.md|LICENSE)$/.test(
        path,
      ) &&
      !/^layer\/dist\/(?:(?:reporter|sentinel)\.zip|reporter\/xpander-lambda\/.*|sentinel\/(?:extensions\/xpander-sentinel|xpander-lambda\/sentinel\/.*))$/.test(
        path,
      ),
  );

  expect(unexpected).toEqual([]);
  expect(packed).toEqual(
    expect.arrayContaining([
      'dist/index.js',
      'dist/index.d.ts',
      'dist/cli.js',
      'dist/page/index.html',
      'layer/dist/reporter.zip',
      'layer/dist/reporter/xpander-lambda/exec-wrapper',
    ]),
  );
});

test('no file of a function declares a name that the banner of its bundler may declare', async () => {
  const files = packed.filter((path) =>
    /^dist\/(?:index\.js|after-response\.js|chunks\/[\w-]+\.js)$/.test(path),
  );
  const texts = await Promise.all(
    files.map((file) => readFile(join(project, 'node_modules', 'xpander-lambda', file), 'utf8')),
  );

  expect(files).not.toEqual([]);
  expect(texts.flatMap((text) => text.match(ofBanners) ?? [])).toEqual([]);
});

/** At the start of a line: in the scope of a module. */
const ofBanners =
  /^(?:const|let|var|function|class) (?:\{ ?)?(?:createRequire|require|dirname|fileURLToPath|__dirname|__filename|path|url|module|topLevelCreateRequire)\b.*/gm;

test('installing it installs no other package', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

  expect(manifest).not.toHaveProperty('dependencies');
});

test('what a function imports leaves no import and no require to its bundler', async () => {
  const files = packed.filter((path) =>
    /^dist\/(?:index\.js|after-response\.js|chunks\/)/.test(path),
  );

  const { metafile } = await build({
    absWorkingDir: join(project, 'node_modules', 'xpander-lambda'),
    entryPoints: files,
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'esm',
    splitting: true,
    // Nothing is installed beside it, and Node's own modules are not known to a browser.
    platform: 'browser',
    metafile: true,
    logLevel: 'silent',
  });

  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  expect(imports.filter(({ external }) => external)).toEqual([]);
});

test('the import gives the public names', async () => {
  const names = await evaluate(
    `console.log(JSON.stringify(Object.keys(await import('xpander-lambda')).sort()))`,
  );

  expect(JSON.parse(names)).toEqual([
    'Agents',
    'ApiError',
    'ApiKeyError',
    'Backend',
    'ConfigurationError',
    'ConnectionError',
    'Tasks',
    'XpanderError',
    'currentTask',
    'taskReporter',
    'withTaskReporter',
  ]);
});

test('nothing heavier than what the runtime client has loaded anyway is loaded before it is needed', async () => {
  const loaded = await evaluate(`
    import { taskReporter, withTaskReporter, Backend } from 'xpander-lambda';
    withTaskReporter(async () => {}, { agentId: 'a', apiKeySecret: 's' });
    taskReporter({ agentId: 'a', apiKeySecret: 's' });
    new Backend();
    const { moduleLoadList } = process;
    console.log(JSON.stringify(moduleLoadList.filter((name) => /http2|undici|tls|crypto$/.test(name))));
  `);
  const bare = await evaluate(
    `console.log(JSON.stringify(process.moduleLoadList.filter((name) => /http2|undici|tls|crypto$/.test(name))))`,
  );

  expect(JSON.parse(loaded)).toEqual(JSON.parse(bare));
});

test('the command says which version it is', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

  const { stdout } = await run(process.execPath, [
    join(project, 'node_modules', 'xpander-lambda', 'dist', 'cli.js'),
    '--version',
  ]);

  expect(stdout.trim()).toBe(version);
});

describe.each(['cjs', 'esm'] as const)('bundled by esbuild as %s, minified', (format) => {
  test('it loads and wraps a handler', async () => {
    const suffix = format === 'cjs' ? 'cjs' : 'mjs';
    const outfile = join(project, `bundle.${suffix}`);
    await build({
      stdin: {
        contents: `
          import { currentTask, withTaskReporter } from 'xpander-lambda';
          export const handler = withTaskReporter(async (event) => {
            currentTask().addTool('t');
            throw new RangeError('of ' + event.from);
          }, { agentId: 'a', apiKey: 'k', baseUrl: 'http://127.0.0.1:1', budgetMs: 50, logLevel: 'silent' });
        `,
        resolveDir: project,
      },
      bundle: true,
      minify: true,
      format,
      platform: 'node',
      target: 'node22',
      outfile,
    });
    await writeFile(
      join(project, `use-${suffix}.mjs`),
      `import { handler } from './bundle.${suffix}';
       await handler({ from: 'bundle' }, {}).catch((error) => console.log(error.stack));`,
    );

    const { stdout } = await run(process.execPath, [join(project, `use-${suffix}.mjs`)]);

    expect(stdout).toMatch(/^RangeError: of bundle\n/);
    expect(stdout).not.toContain('xpander-lambda]');
    expect(stdout).not.toContain('AsyncLocalStorage');
  });
});

async function evaluate(code: string): Promise<string> {
  const file = join(project, 'evaluate.mjs');
  await writeFile(file, code);
  const { stdout } = await run(process.execPath, [file], { cwd: project });
  return stdout;
}
