import type { LocalPlatform } from '../../src/local/server/local-platform.ts';

/** Every report of a run that came in, in order, also one that another has replaced. */
export function reportsOf(
  platform: LocalPlatform,
  { awsRequestId }: { awsRequestId: string },
): Record<string, unknown>[] {
  return platform
    .requests()
    .map(({ body }) => body)
    .filter((body): body is Record<string, unknown> => isReport(body) && body.id === awsRequestId);
}

function isReport(body: unknown): body is { id: unknown } {
  return typeof body === 'object' && body !== null && 'id' in body;
}
