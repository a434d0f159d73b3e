/** What the platform must have been told of an invocation. */
import { expect } from 'vitest';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import type { InvocationResult } from '../support/lambda/invocation-result.ts';
import { reportsOf } from '../support/reports-of.ts';
import type { Ending, Reported } from './ending.ts';
import type { Observed } from './observed-environment.ts';

export function expectReport(
  platform: LocalPlatform,
  { requestId, event, result }: Pick<Observed, 'requestId' | 'event' | 'result'>,
  reported: Reported,
  { isLate = false }: Pick<Ending, 'isLate'> = {},
): void {
  const reports = reportsOf(platform, { awsRequestId: requestId });
  const isSuccess =
    reported.isSuccess === 'as the caller' ? result.kind === 'response' : reported.isSuccess;
  const text = String(reports.at(-1)?.['result']);

  const counting = reported.isCorrection ? reports.slice(-1) : reports;

  expect(counting.map(({ is_success }) => is_success)).toEqual(counting.map(() => isSuccess));
  if (reported.isOptional) return;
  // The process of a late ending may be gone before it knows that its report has arrived.
  if (!isLate) expect(counting).toHaveLength(1);
  expect(counting.length).toBeGreaterThan(0);
  expect(reports.at(-1)).toMatchObject({ input: JSON.stringify(event) });
  for (const part of reported.result ?? []) expect(text).toMatch(part);
  if (reported.hasResponse && isSuccess) expect(text).toBe(responseText(result));
  const { usedTools, tokens } = reported;
  if (usedTools) expect(reports.at(-1)).toMatchObject({ used_tools: usedTools });
  if (tokens) expect(reports.at(-1)).toMatchObject({ tokens });
  if (reported.duration) {
    const [least, most] = reported.duration;
    const seconds = Number(reports.at(-1)?.['duration']);
    expect(seconds).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThanOrEqual(most);
  }
}

/** A text stays as it is in a report, everything else is JSON. */
function responseText(result: InvocationResult): string {
  if (result.kind !== 'response') return '';
  if (result.streamed) return result.body;
  const value: unknown = JSON.parse(result.body);
  return typeof value === 'string' ? value : result.body;
}
