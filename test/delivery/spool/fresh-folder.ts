import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path in a folder of its own, at which nothing is yet. */
export function freshFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'spool-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'made', 'when-needed');
}
