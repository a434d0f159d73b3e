/** Every link of the documentation leads somewhere, and every page can be reached. */
import { existsSync, globSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { pages, read, root, withoutBlocks } from './support/pages.ts';

test('every relative link leads to an existing file and heading', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })));

  const broken = links.filter(({ page, link }) => !leadsSomewhere(page, link));

  expect(broken).toEqual([]);
  expect(links.length).toBeGreaterThan(100);
});

test('the index links every page of docs', () => {
  const linked = linksOf('docs/README.md').map((link) => posix.join('docs', link));

  const missing = pages.filter(
    (page) => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.includes(page),
  );

  expect(missing).toEqual([]);
});

test('the README leads to the index, the licence and the pages for contributors', () => {
  expect(linksOf('README.md')).toEqual(
    expect.arrayContaining([
      'docs/README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'LICENSE',
    ]),
  );
});

test('every file and folder of the repository that a page names exists', () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/`((?:src|layer|infra|test|docs)\/[\w./-]+)`/g)].map(
      ([, path = '']) => ({ page, path }),
    ),
  );

  const missing = named.filter(
    // Made by the build.
    ({ path }) => !path.startsWith('layer/dist') && !existsSync(`${root}${path}`),
  );

  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

test('files in the sources that messages and comments refer to exist', () => {
  const sources = globSync('{src,layer,infra,test}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: ['**/dist/**', '**/node_modules/**'],
  });

  const named = sources.flatMap((file) =>
    [...read(file).matchAll(/(?<![\w/.-])docs\/[\w-]+\.md/g)].map(([page]) => ({ file, page })),
  );

  expect(named.filter(({ page }) => !existsSync(`${root}${page}`))).toEqual([]);
  expect(named.length).toBeGreaterThan(3);
});

function linksOf(page: string): string[] {
  const text = withoutBlocks(read(page));
  return [
    ...text.matchAll(/\]\(([^)\s]+)\)/g),
    ...text.matchAll(/(?:src|srcset)="([^"]+)"/g),
  ].flatMap(([, link = '']) => (/^(?:https?|mailto):/.test(link) ? [] : [link]));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  // On GitHub, relative to the repository's page.
  const workflow = /^\.\.\/\.\.\/actions\/workflows\/([\w.-]+\.yml)/.exec(path)?.[1];
  if (workflow !== undefined) return existsSync(`${root}.github/workflows/${workflow}`);
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  if (!existsSync(`${root}${file}`)) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = [...withoutBlocks(read(file)).matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
