import { fileURLToPath } from 'node:url';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import { type Lambda, startLambda } from './lambda/lambda.ts';

const taskRoot = fileURLToPath(new URL('../functions', import.meta.url));

/** Starts one of the functions in `test/functions` in Lambda's runtime client. */
export function startSample(
  handler: string,
  environment: Readonly<Record<string, string>>,
): Promise<Lambda> {
  return startLambda({
    handler,
    taskRoot,
    timeoutMs: 10_000,
    memoryMb: 512,
    environment: { XPANDER_AGENT_ID: 'agent-123', ...environment },
  });
}

/** The environment of a function that reports to this platform. */
export function reportingTo({ url }: LocalPlatform): Record<string, string> {
  return { XPANDER_BASE_URL: url, XPANDER_API_KEY: 'key-of-the-test' };
}
