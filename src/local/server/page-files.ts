import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly content: Buffer<ArrayBuffer>;
  readonly type: string;
  /** A strong entity tag. */
  readonly etag: string;
}

/** The built files by name; undefined if the page has not been built. */
export type PageFiles = () => ReadonlyMap<string, PageFile> | undefined;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Reads the built files on first use and caches them.
 *
 * @param folder - default: `dist/page` of this package
 */
export function openPageFiles(folder: string | undefined = builtFolder()): PageFiles {
  let files: ReadonlyMap<string, PageFile> | undefined;
  return () => {
    files ??= folder === undefined ? undefined : readFiles(folder);
    return files;
  };
}

/** Found from the package root, because this module is in `src` or bundled in `dist`. */
function builtFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
  return join(folder, 'dist', 'page');
}

function readFiles(folder: string): ReadonlyMap<string, PageFile> | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(entries.map(({ name }) => [name, readFile(join(folder, name))]));
}

function readFile(path: string): PageFile {
  const content = readFileSync(path);
  return {
    content,
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(content).digest('base64url')}"`,
  };
}
