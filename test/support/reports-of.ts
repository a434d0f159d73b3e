import type { LocalPlatform } from '../../src/local/local-platform.ts';

/** Every report of a run that came in, in order, also one that another has replaced. */
export function reportsOf(platform: LocalPlatform, context: { awsRequestId: string }): unknown[] {
  const bodies = platform.requests().map(({ body }) => body);
  return bodies.filter(
    (body) =>
      typeof body === 'object' && body !== null && 'id' in body && body.id === context.awsRequestId,
  );
}
