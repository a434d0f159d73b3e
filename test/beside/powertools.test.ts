import { describe, expect, test } from 'vitest';
import { answered, type BesideRun, failed, runBare, runWithLayer } from './beside-function.ts';
import { withoutTimes } from './without-times.ts';

describe.each([
  { handler: 'powertools-esm.handler', runtime: 'nodejs24.x' },
  { handler: 'powertools-cjs.handler', runtime: 'nodejs24.x' },
  { handler: 'powertools-esm.handler', runtime: 'nodejs22.x' },
  { handler: 'powertools-cjs.handler', runtime: 'nodejs22.x' },
] as const)('$handler, $runtime', ({ handler, runtime }) => {
  const powertools = {
    handler,
    runtime,
    environment: (daemon: string) => ({
      AWS_XRAY_DAEMON_ADDRESS: daemon,
      // The tracer reads the trace from the environment then, where the function says it is traced.
      AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: 'true',
    }),
  };

  test('log lines, metrics and segments are what they are without the layer', async () => {
    const [bare, layered] = [await runBare(powertools), await runWithLayer(powertools)];

    expect(layered.seenByCaller).toEqual(bare.seenByCaller);
    expect(outputOf(layered)).toEqual(outputOf(bare));
    expect(outputOf(layered)).toMatchObject([
      { function_name: 'sample-agent', ColdStart: 1 },
      { message: 'asked', question: 'why?', cold_start: true, function_request_id: answered },
      { answers: 1, _aws: { CloudWatchMetrics: [{ Namespace: 'agents' }] } },
      { message: 'asked', question: 'how?', cold_start: false, function_request_id: failed },
      { level: 'ERROR', error: { name: 'RangeError' }, function_request_id: failed },
    ]);
    expect(segmentsOf(layered)).toEqual(segmentsOf(bare));
    expect(segmentsOf(layered)).toMatchObject([
      { name: `## ${handler}`, annotations: { ColdStart: true } },
      { name: `## ${handler}`, annotations: { ColdStart: false }, fault: true },
    ]);
    expect(layered.reports).toMatchObject([
      { id: answered, is_success: true, result: '{"answer":"to why?"}' },
      {
        id: failed,
        is_success: false,
        result: expect.stringMatching(/^RangeError: no tokens left/),
      },
    ]);
  });
});

function outputOf({ lines }: BesideRun): unknown[] {
  return lines.filter((line) => line.startsWith('{')).map((line) => withoutTimes(JSON.parse(line)));
}

/** The daemon's protocol: a line that names the format, then the segment. */
function segmentsOf({ receivedByVendor }: BesideRun): unknown[] {
  return receivedByVendor.map(({ body }) => withoutTimes(JSON.parse(body.split('\n')[1] ?? '')));
}
