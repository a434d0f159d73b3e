import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { openRejectedFile } from '../../../src/cli/replay/rejected-file.ts';

test.each([
  [tmpdir(), 'it is a directory'],
  ['/nowhere/rejected.log', 'ENOENT'],
])('rejects %s as the rejected file before anything is sent', async (path, reason) => {
  const opening = openRejectedFile(path);

  await expect(opening).rejects.toThrow(`"${path}" cannot be written: ${reason}`);
});
