import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { answered, type BesideRun, failed, runBare, runWithLayer } from './beside-function.ts';
import { withoutTimes } from './without-times.ts';

/** Their library in the function's package; in Lambda it may lie in their layer. */
const library = fileURLToPath(
  new URL('functions/node_modules/datadog-lambda-js/dist', import.meta.url),
);

/** Without their extension, metrics and traces go to the function's output. */
const settings = { DD_FLUSH_TO_LOG: 'true', DD_TRACE_STARTUP_LOGS: 'false' };

const inCode = ['datadog-esm.handler', 'datadog-cjs.handler'].map((handler) => ({
  how: `wrapped in code, ${handler}`,
  handler,
  variables: {},
  kind: 'RangeError',
}));
const redirected = ['plain-esm.handler', 'plain-esm.stream', 'plain-cjs.handler'].flatMap(
  (handler) => [
    {
      how: `their handler before ${handler}`,
      handler: `${library}/handler.handler`,
      variables: { DD_LAMBDA_HANDLER: handler },
      kind: 'QuotaError',
    },
    {
      how: `their preload before ${handler}`,
      handler,
      variables: { NODE_OPTIONS: `--require ${library}/init.js` },
      kind: 'QuotaError',
    },
  ],
);
const runtimes = ['nodejs24.x', 'nodejs22.x'] as const;

describe.each(
  runtimes.flatMap((runtime) => [...inCode, ...redirected].map((way) => ({ ...way, runtime }))),
)('$how, $runtime', ({ handler, runtime, variables, kind }) => {
  test('metrics and traces are what they are without the layer', async () => {
    const environment = () => ({ ...settings, ...variables });
    const datadog = { handler, runtime, environment };

    const [bare, layered] = [await runBare(datadog), await runWithLayer(datadog)];

    expect(layered.seenByCaller).toEqual(bare.seenByCaller);
    expect(outputOf(layered)).toEqual(outputOf(bare));
    expect(tracesOf(layered)).toEqual(tracesOf(bare));
    expect(tracesOf(layered)).toEqual([
      { requestId: answered, error: undefined },
      { requestId: failed, error: kind },
    ]);
    expect(layered.reports).toMatchObject([
      { id: answered, is_success: true },
      { id: failed, is_success: false, result: expect.stringMatching(`^${kind}: no tokens left`) },
    ]);
  });
});

/** Metrics and other lines. */
function outputOf({ lines }: BesideRun): unknown[] {
  return lines
    .filter((line) => line.startsWith('{') && !line.startsWith('{"traces"'))
    .map((line) => withoutTimes(JSON.parse(line)));
}

interface DatadogTraces {
  readonly traces: readonly (readonly DatadogSpan[])[];
}

interface DatadogSpan {
  readonly name: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** Of each run the span of the invocation. */
function tracesOf({ lines }: BesideRun): unknown[] {
  return lines
    .filter((line) => line.startsWith('{"traces"'))
    .flatMap((line) => (JSON.parse(line) as DatadogTraces).traces.flat())
    .filter(({ name }) => name === 'aws.lambda')
    .map(({ meta }) => ({ requestId: meta['request_id'], error: meta['error.type'] }));
}
