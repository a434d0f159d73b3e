/** Loads what AWS hands out of a deployed function or layer, and lays it out in a folder. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { onTestFinished } from 'vitest';

/** The zip behind an address, if it is the one that AWS says it is. */
export async function loadZip(
  location: string | undefined,
  sha256: string | undefined,
): Promise<Uint8Array> {
  const response = await fetch(location ?? '');
  const zip = new Uint8Array(await response.arrayBuffer());
  const found = createHash('sha256').update(zip).digest('base64');
  if (found !== sha256) throw new Error(`${location} is not what ${sha256} stands for: ${found}`);
  return zip;
}

/** Unpacks as Lambda does, with the modes in the zip; the folder goes when the test is over. */
export function unpack(zip: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modes = modesIn(zip);
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    if (name.endsWith('/')) continue;
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, modes.get(name) ?? 0o644);
  }
  return folder;
}

/** From the zip's central directory: `unzipSync` gives contents only. */
function modesIn(zip: Uint8Array): ReadonlyMap<string, number> {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = bytes.lastIndexOf('PK\x05\x06');
  const modes = new Map<string, number>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const mode = (bytes.readUInt32LE(at + 38) >>> 16) & 0o777;
    if (mode !== 0) modes.set(bytes.toString('utf8', at + 46, at + 46 + name!), mode);
    at += 46 + name! + extra! + comment!;
  }
  return modes;
}
