/** The ways in which a function reports, for tests that hold for all of them. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import { attached, reporterLayer, sentinelLayer } from '../layer/attached-layer.ts';
import { type Lambda, startLambda } from '../support/lambda/lambda.ts';

export const ways = ['wrapper', 'layer', 'adaptive', 'end', 'periodic'] as const;

/** The last three: layer and sentinel in this flush mode. */
export type Way = (typeof ways)[number];

export interface AttachedOptions {
  readonly platform: Pick<LocalPlatform, 'url'>;
  readonly timeoutMs: number;
  readonly variables?: Readonly<Record<string, string>>;
}

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));

/** An environment of `attempts.mjs`, which ends with the test. */
export async function startAttached(way: Way, options: AttachedOptions): Promise<Lambda> {
  const { platform, timeoutMs, variables } = options;
  const isGuarded = way !== 'wrapper' && way !== 'layer';
  const lambda = await startLambda({
    handler: way === 'wrapper' ? 'reported-attempts.handler' : 'attempts.handler',
    taskRoot,
    timeoutMs,
    memoryMb: 384,
    layers: way === 'wrapper' ? [] : [reporterLayer, ...(isGuarded ? [sentinelLayer] : [])],
    environment: {
      ...(way === 'wrapper' ? { XPANDER_AGENT_ID: 'agent-123' } : attached),
      XPANDER_BASE_URL: platform.url,
      XPANDER_API_KEY: 'key-of-the-test',
      ...(isGuarded && { XPANDER_SENTINEL_FLUSH: way }),
      ...variables,
    },
  });
  onTestFinished(() => lambda.close());
  return lambda;
}

/** Resolves when the environment is frozen again, or its processes have ended. */
export async function attempt(
  lambda: Lambda,
  event: object,
  requestId: string = randomUUID(),
): Promise<void> {
  const { settled } = await lambda.invoke(event, { requestId });
  await settled;
}
