/** Packs a folder reproducibly: the same files give the same bytes. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

// The earliest time in a zip, which stores local time.
const mtime = new Date(1980, 0, 1);
/** Marks an entry as created on Unix, which makes unpackers use its mode. */
const unix = 3;
const regularFile = 0o100000;

export function zipFolder(folder: string): Uint8Array {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const contents: Zippable = {};
  for (const file of files) {
    const mode = statSync(file).mode & 0o111 ? 0o755 : 0o644;
    const attributes = { os: unix, attrs: (regularFile | mode) << 16, mtime, level: 9 } as const;
    contents[relative(folder, file)] = [readFileSync(file), attributes];
  }
  return zipSync(contents);
}
