import { describe, expect, test } from 'vitest';
import { answered, type BesideRun, failed, runBare, runWithLayer } from './beside-function.ts';

describe.each([
  { handler: 'plain-esm.handler', runtime: 'nodejs24.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-esm.stream', runtime: 'nodejs24.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-cjs.handler', runtime: 'nodejs24.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-esm.handler', runtime: 'nodejs22.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-esm.stream', runtime: 'nodejs22.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-cjs.handler', runtime: 'nodejs22.x', preload: '--import ./tracing.mjs' },
  { handler: 'plain-cjs.handler', runtime: 'nodejs22.x', preload: '--require ./tracing.cjs' },
] as const)('$handler, $runtime, $preload', ({ handler, runtime, preload }) => {
  test('the span of each invocation arrives once, as without the layer', async () => {
    const environment = (collector: string) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector}`,
      NODE_OPTIONS: preload,
    });
    const traced = { handler, runtime, environment };

    const [bare, layered] = [await runBare(traced), await runWithLayer(traced)];

    expectSame(layered, bare);
  });
});

const runtimes = ['nodejs24.x', 'nodejs22.x'] as const;

describe.each(runtimes)("its layer's exec wrapper, %s", (runtime) => {
  test.each([
    {
      order: 'started by ours',
      variables: { XPANDER_NEXT_EXEC_WRAPPER: '/opt/otel-handler' },
    },
    {
      order: 'starting ours',
      variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-then-xpander' },
    },
  ])('$order', async ({ variables }) => {
    const environment = (collector: string) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector}`,
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler',
    });
    const traced = { handler: 'plain-cjs.handler', runtime, environment };

    const [bare, layered] = [await runBare(traced), await runWithLayer(traced, variables)];

    expectSame(layered, bare);
  });
});

function expectSame(layered: BesideRun, bare: BesideRun): void {
  expect(layered.seenByCaller).toEqual(bare.seenByCaller);
  expect(spansOf(layered)).toEqual(spansOf(bare));
  expect(spansOf(layered)).toEqual([
    { name: 'sample-agent', requestId: answered, events: [] },
    { name: 'sample-agent', requestId: failed, events: ['exception QuotaError'] },
  ]);
  expect(layered.reports).toMatchObject([
    { id: answered, is_success: true },
    {
      id: failed,
      is_success: false,
      result: expect.stringMatching(/^QuotaError: no tokens left/),
    },
  ]);
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly { readonly name: string; readonly attributes: OtlpAttribute[] }[];
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

function spansOf({ receivedByVendor }: BesideRun): unknown[] {
  return receivedByVendor
    .flatMap(({ body }) => (JSON.parse(body) as OtlpTraces).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ name, attributes, events }) => ({
      name,
      requestId: stringOf(attributes, 'faas.invocation_id'),
      events: events.map(
        (event) => `${event.name} ${stringOf(event.attributes, 'exception.type')}`,
      ),
    }));
}

function stringOf(attributes: readonly OtlpAttribute[], key: string): string | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value.stringValue;
}
