/** A lost report leaves a line in the log, whatever the log's format and level. */
import { globSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { openDestination } from '../../src/delivery/destination.ts';
import type { Faults } from '../../src/local/server/faults.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { waitingReport } from '../delivery/spool/sample-spooled.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { reportingTo, startSample } from '../support/sample-function.ts';

const text = {};
const json = { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'ERROR' };

test.each([
  ['a JSON log of errors only, the key refused', json, 401],
  ['a JSON log of errors only, in-band', { ...json, XPANDER_DELIVERY: 'in-band' }, 422],
  ['a text log', text, 422],
  ['XPANDER_LOG_LEVEL=error', { XPANDER_LOG_LEVEL: 'error' }, 422],
  [
    'XPANDER_LOG_LEVEL=error, in-band',
    { XPANDER_LOG_LEVEL: 'error', XPANDER_DELIVERY: 'in-band' },
    422,
  ],
])('%s: a refused report is logged', async (_, environment, status) => {
  const { lambda } = await startReported(environment, { kind: 'status', status });

  const result = await lambda.invoke({ shape: 'text' });
  await result.settled;

  expect(linesOf(lambda)).toEqual([expect.stringContaining(`answered with ${status}`)]);
  expect(lostIds(lambda)).toEqual([result.requestId]);
  if (environment === text) return;
  if ('AWS_LAMBDA_LOG_FORMAT' in environment) {
    expect(JSON.parse(linesOf(lambda)[0] ?? '')).toMatchObject({ level: 'ERROR' });
  } else {
    expect(linesOf(lambda)[0]).toContain('\tERROR\t');
  }
});

test('XPANDER_LOG_LEVEL=silent hides even that', async () => {
  const { lambda } = await startReported(
    { XPANDER_LOG_LEVEL: 'silent' },
    { kind: 'status', status: 422 },
  );

  await (await lambda.invoke({ shape: 'text' })).settled;

  expect(linesOf(lambda)).toEqual([]);
});

test.each([
  ['a JSON log of errors only', json],
  ['XPANDER_LOG_LEVEL=error', { XPANDER_LOG_LEVEL: 'error' }],
])('%s: each report that the spool has no room for is logged', async (_, environment) => {
  const { lambda, platform } = await startReported(environment, { kind: 'drop' });
  fillSpool(lambda, platform, 2_000);

  for (let count = 0; count < 40; count += 1) {
    await (await lambda.invoke({ shape: 'text' })).settled;
  }

  // The oldest ones.
  expect(lostIds(lambda)).toEqual(Array.from({ length: 40 }, (_, index) => `kept-${index}`));
});

test('a report whose file is damaged is logged as lost', async () => {
  const { lambda, platform } = await startReported({ XPANDER_LOG_LEVEL: 'error' });
  fillSpool(lambda, platform, 1);
  for (const file of globSync(join(lambda.tmp, 'xpander-lambda/spool-*/*'))) {
    truncateSync(file, 20);
  }

  for (let count = 0; count < 2; count += 1) {
    await (await lambda.invoke({ shape: 'text' })).settled;
  }

  expect(linesOf(lambda)).toEqual([
    expect.stringMatching(
      /\tERROR\t\[xpander-lambda\] undelivered report lost: the file that kept the report of a successful task since 2\S+Z is damaged\.$/,
    ),
  ]);
});

async function startReported(
  environment: Readonly<Record<string, string>>,
  faults?: Faults,
): Promise<{ lambda: Lambda; platform: LocalPlatform }> {
  const platform = await startLocalPlatform(faults && { faults });
  onTestFinished(() => platform.close());
  const lambda = await startSample('shapes.wrapped', {
    XPANDER_BUDGET_MS: '500',
    ...reportingTo(platform),
    ...environment,
  });
  onTestFinished(() => lambda.close());
  return { lambda, platform };
}

/** Leaves reports in the function's `/tmp` as its own process would. */
function fillSpool({ tmp }: Lambda, { url: baseUrl }: LocalPlatform, count: number): void {
  const folder = join(tmp, 'xpander-lambda');
  const { deliveryQueue } = openDestination(
    { agentId: 'agent-123', baseUrl, apiKey: { kind: 'value', apiKey: 'key-of-the-test' } },
    createLog('silent'),
    { folder, endsUnannounced: false, isShared: false },
  );
  for (let index = 0; index < count; index += 1) {
    deliveryQueue.keepForLater(waitingReport({ id: `kept-${index}` }).report);
  }
}

function linesOf({ logs }: Lambda): string[] {
  return logs.filter((line) => line.includes('[xpander-lambda]'));
}

function lostIds(lambda: Lambda): unknown[] {
  return linesOf(lambda).map((line) => {
    const message = line.startsWith('{') ? JSON.parse(line).message : line;
    const [, record] = /undelivered report (\{.*\})/.exec(message) ?? [];
    return record && JSON.parse(record).report.id;
  });
}
