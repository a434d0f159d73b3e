/** Functions of `test/functions` with the sentinel's layer, as it is built. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, type LambdaOptions, startLambda } from '../support/lambda/lambda.ts';
import { reportingTo } from '../support/sample-function.ts';

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));
const builder = fileURLToPath(new URL('../../layer/build.ts', import.meta.url));

export interface BuiltSentinel extends AsyncDisposable {
  /** What `/opt` gets. */
  readonly opt: string;
  readonly extensions: string;
}

export async function buildSentinel(): Promise<BuiltSentinel> {
  const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
  await promisify(execFile)(process.execPath, [builder, folder]);
  const opt = join(folder, 'sentinel');
  return {
    opt,
    extensions: join(opt, 'extensions'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Guarded {
  readonly lambda: Lambda;
  readonly platform: LocalPlatform;
}

export interface GuardedOptions extends Partial<LambdaOptions> {
  readonly platform?: LocalPlatform;
}

/** Starts a function with the sentinel beside it, both of which last as long as the test. */
export async function startGuarded(
  sentinel: BuiltSentinel,
  { platform: given, environment, ...options }: GuardedOptions,
): Promise<Guarded> {
  const platform = given ?? (await startLocalPlatform());
  if (given === undefined) onTestFinished(() => platform.close());
  const lambda = await startLambda({
    handler: 'lost.wrapped',
    taskRoot,
    memoryMb: 384,
    timeoutMs: 5_000,
    extensions: sentinel.extensions,
    environment: { XPANDER_AGENT_ID: 'agent-123', ...reportingTo(platform), ...environment },
    ...options,
  });
  onTestFinished(() => lambda.close());
  return { lambda, platform };
}
