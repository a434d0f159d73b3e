/** A handler fills `/tmp` and ends its process; only root can mount a disk that is small enough. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reportsOf } from '../support/reports-of.ts';
import { deployFamily } from './deploy-family.ts';
import type { Ending } from './ending.ts';
import { harmless } from './family.ts';
import { handlersFamily } from './handlers-family.ts';
import { layer, wrapper } from './modules.ts';
import { startEnvironment } from './observed-environment.ts';

const fill = `const { closeSync, openSync, writeSync } = await import('node:fs');
const { tmpdir } = await import('node:os');
const file = openSync(tmpdir() + '/full', 'w');
const fill = (bytes) => { try { for (;;) writeSync(file, Buffer.alloc(bytes)); } catch (error) { return error.code; } };
count(fill(4096) + fill(1));`;
const ending: Ending = {
  name: 'fills the disk',
  handler: `async () => { ${fill} process.exit(1); }`,
  gives: {},
  report: { isSuccess: false },
};
const family = handlersFamily('full disk', [ending]);

describe.each(['nodejs24.x', 'nodejs22.x'] as const)('%s', (runtime) => {
  test.for([wrapper, layer])(
    'the next process reports it, with $name',
    async (attachment, { skip }) => {
      const tmp = smallDisk();
      if (tmp === undefined) return skip('nobody but root can mount a disk');
      const { taskRoot, [Symbol.asyncDispose]: remove } = await deployFamily(family);
      onTestFinished(remove);
      await using environment = await startEnvironment({
        ...{ taskRoot, runtime, attachment, isReported: true, tmp },
      });
      await environment.invoke(harmless);

      const { requestId, result } = await environment.invoke({ way: ending.name });
      const next = await environment.invoke(harmless);

      expect(result).toMatchObject({ kind: 'exit', exitCode: 1 });
      expect(result.logs.filter((line) => line.includes('COUNT ENOSPC'))).toHaveLength(1);
      expect(next.result).toMatchObject({ kind: 'response' });
      expect(reportsOf(environment.platform, { awsRequestId: requestId })).toMatchObject([
        { is_success: false },
      ]);
      expect(reportsOf(environment.platform, { awsRequestId: next.requestId })).toMatchObject([
        { is_success: true },
      ]);
    },
  );
});

function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  onTestFinished(() => rmdirSync(folder));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}
