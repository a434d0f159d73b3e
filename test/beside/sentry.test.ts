import { describe, expect, test } from 'vitest';
import { answered, type BesideRun, failed, runBare, runWithLayer } from './beside-function.ts';

const dsn = (server: string) => ({ SENTRY_DSN: `http://key@${server}/1` });

describe.each([
  { handler: 'sentry-esm.handler', runtime: 'nodejs24.x' },
  { handler: 'sentry-cjs.handler', runtime: 'nodejs24.x' },
  { handler: 'sentry-esm.handler', runtime: 'nodejs22.x' },
  { handler: 'sentry-cjs.handler', runtime: 'nodejs22.x' },
] as const)('wrapHandler in $handler, $runtime', ({ handler, runtime }) => {
  test('the error arrives once, as without the layer', async () => {
    const sentry = { handler, runtime, environment: dsn };

    const [bare, layered] = [await runBare(sentry), await runWithLayer(sentry)];

    expect(layered.seenByCaller).toEqual(bare.seenByCaller);
    expect(itemsOf(layered)).toEqual(itemsOf(bare));
    expect(itemsOf(layered)).toEqual([
      {
        type: 'event',
        error: 'RangeError: no tokens left',
        requestId: failed,
        frames: [fileOf(handler)],
      },
    ]);
    expect(layered.reports).toMatchObject(reportsOf('RangeError'));
  });
});

describe.each([
  { handler: 'plain-esm.handler', runtime: 'nodejs24.x' },
  { handler: 'plain-esm.stream', runtime: 'nodejs24.x' },
  { handler: 'plain-cjs.handler', runtime: 'nodejs24.x' },
  { handler: 'plain-cjs.callback', runtime: 'nodejs24.x' },
  { handler: 'plain-esm.handler', runtime: 'nodejs22.x' },
  { handler: 'plain-esm.stream', runtime: 'nodejs22.x' },
  { handler: 'plain-cjs.handler', runtime: 'nodejs22.x' },
  { handler: 'plain-cjs.callback', runtime: 'nodejs22.x' },
] as const)('its preload, $handler, $runtime', ({ handler, runtime }) => {
  test('transactions and error arrive once, as without the layer', async () => {
    const environment = (server: string) => ({
      ...dsn(server),
      SENTRY_TRACES_SAMPLE_RATE: '1',
      NODE_OPTIONS: '--import @sentry/aws-serverless/awslambda-auto',
    });
    const sentry = { handler, runtime, environment };

    const [bare, layered] = [await runBare(sentry), await runWithLayer(sentry)];

    expect(layered.seenByCaller).toEqual(bare.seenByCaller);
    expect(itemsOf(layered)).toEqual(itemsOf(bare));
    expect(itemsOf(layered)).toEqual([
      { type: 'transaction', requestId: answered, spans: 0 },
      {
        type: 'event',
        error: 'QuotaError: no tokens left',
        requestId: failed,
        frames: [fileOf(handler)],
      },
      { type: 'transaction', requestId: failed, spans: 0 },
    ]);
    expect(layered.reports).toMatchObject(reportsOf('QuotaError'));
  });
});

interface SentryItem {
  readonly exception?: {
    readonly values: readonly {
      readonly type: string;
      readonly value: string;
      readonly stacktrace: { readonly frames: readonly { readonly filename: string }[] };
    }[];
  };
  readonly contexts?: { readonly 'aws.lambda'?: { readonly aws_request_id: string } };
  readonly spans?: readonly unknown[];
}

interface SentrySummary {
  readonly type: string;
  readonly requestId: string | undefined;
}

/** An envelope is a header, then a header and a payload for each item, a line each. */
function itemsOf({ receivedByVendor }: BesideRun): unknown[] {
  return (
    receivedByVendor
      .flatMap(({ body }) => {
        const [, ...lines] = body.trimEnd().split('\n');
        return Array.from({ length: lines.length / 2 }, (_, index) => {
          const { type }: { type: string } = JSON.parse(lines[2 * index] ?? '');
          return summaryOf(type, JSON.parse(lines[2 * index + 1] ?? ''));
        });
      })
      // Where it counts what it leaves out: the runtime's own request that streams the response.
      .filter(({ summary }) => summary.type !== 'client_report')
      .sort((one, other) => one.order.localeCompare(other.order))
      .map(({ summary }) => summary)
  );
}

function summaryOf(type: string, item: SentryItem): { order: string; summary: SentrySummary } {
  const requestId = item.contexts?.['aws.lambda']?.aws_request_id;
  const [exception] = item.exception?.values ?? [];
  const details = exception
    ? {
        error: `${exception.type}: ${exception.value}`,
        frames: exception.stacktrace.frames
          .map(({ filename }) => /functions\/([\w-]+)\.[cm]js$/.exec(filename)?.[1])
          .filter((name) => name !== undefined),
      }
    : { spans: item.spans?.length ?? 0 };
  return { order: `${requestId} ${type}`, summary: { type, requestId, ...details } };
}

const fileOf = (handler: string) => handler.split('.')[0];

function reportsOf(errorName: string): object[] {
  return [
    { id: answered, is_success: true },
    {
      id: failed,
      is_success: false,
      result: expect.stringMatching(`^${errorName}: no tokens left`),
    },
  ];
}
