/**
 * Handler shapes on a small CPU: what their callers get, and how their processes end, is the same
 * with the layer, and nothing false is reported.
 *
 * A sample of them; `SHAPES=all` takes all of them.
 */
import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { attached, reporterLayer } from '../layer/attached-layer.ts';
import { deploy, type Observed, observe, runsOf } from '../layer/observe-shape.ts';
import { endsAtLoad, type Shape } from '../layer/shapes/shape.ts';
import { shapes } from '../layer/shapes/shapes.ts';
import { reportsOf } from '../support/reports-of.ts';
import { reportingTo } from '../support/sample-function.ts';

const runtime = 'nodejs24.x';
const shares = [0.07, 0.14, 0.25];
const inSample = process.env['SHAPES'] === 'all' ? 1 : 12;
// What a bare function takes for its start alone at 7 %.
const leastTimeoutMs = 5_000;

describe.each(shares.map((cpuShare, index) => ({ cpuShare, index })))(
  '$cpuShare of a CPU',
  (small) => {
    const these = shapes.filter(
      (shape, place) => isComparable(shape) && (place + 4 * small.index) % inSample === 0,
    );
    test.concurrent.for(these)('$name', async (shape, { expect }) => {
      const runs = runsOf(shape, runtime);
      const requestIds = runs.map(() => randomUUID());
      await using function_ = await deploy(shape);
      await using platform = await startLocalPlatform();
      const { taskRoot } = function_;
      const { cpuShare } = small;
      const environment = { ...reportingTo(platform), XPANDER_AGENT_ID: 'agent-123' };
      const ofShape = shape.environment;
      const [bare, layered] = await Promise.all([
        observe(shape, runtime, requestIds, {
          taskRoot,
          cpuShare,
          environment: { ...environment, ...ofShape },
        }),
        observe(shape, runtime, requestIds, {
          ...{ taskRoot, cpuShare, layers: [reporterLayer] },
          environment: { ...environment, ...attached, ...ofShape },
        }),
      ]);

      expect(seenOf(layered)).toEqual(seenOf(bare));
      const wrong = requestIds.flatMap((id, index) =>
        reportsOf(platform, { awsRequestId: id })
          .map(({ is_success }) => (is_success ? 'completed' : 'failed'))
          .filter((status) => status !== runs[index]?.report),
      );
      expect(wrong).toEqual([]);
    });
  },
);

/** Managed Instances have whole CPUs, and a short timeout is over before a small CPU has begun. */
function isComparable(shape: Shape): boolean {
  const { options, runtimes } = shape;
  return (
    (runtimes?.includes(runtime) ?? true) &&
    options?.managedInstances === undefined &&
    (options?.timeoutMs ?? leastTimeoutMs) >= leastTimeoutMs &&
    !runsOf(shape, runtime).every(endsAtLoad)
  );
}

function seenOf({ observation }: Observed): object[] {
  return observation.runs.map(({ caller, end }) => ({ caller, end }));
}
