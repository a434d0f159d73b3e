/** Each shape runs bare and with the layer, and nobody sees a difference but the platform. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/local-platform.ts';
import { reportsOf } from '../support/reports-of.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { reportingTo } from '../support/sample-function.ts';
import { attached, reporterLayer } from './attached-layer.ts';
import { deploy, type Observation, observe, runsOf } from './observe-shape.ts';
import { endsAtLoad, type Run, type Shape } from './shapes/shape.ts';
import { withoutRuntimeFrames } from './without-runtime-frames.ts';

export function compareShapes(runtime: ManagedRuntime, shapes: readonly Shape[]): void {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform({ requestLogSize: 100_000 });
  });
  afterAll(() => platform.close());

  describe.concurrent(runtime, () => {
    const these = shapes.filter((shape) => runsOn(shape, runtime));
    // Tests that run at once each need an `expect` of their own, which counts for them.
    test.for(these)('$name', async (shape, { expect }) => {
      const runs = runsOf(shape, runtime);
      const requestIds = runs.map(() => randomUUID());
      const environment = { ...reportingTo(platform), XPANDER_AGENT_ID: 'agent-123' };
      await using function_ = await deploy(shape);
      const { taskRoot } = function_;

      const [bare, layered] = await Promise.all([
        observe(shape, runtime, requestIds, {
          taskRoot,
          environment: { ...environment, ...shape.environment },
        }),
        observe(
          shape,
          runtime,
          requestIds,
          {
            taskRoot,
            layers: [reporterLayer],
            environment: { ...environment, ...attached, ...shape.environment },
          },
          shape.options?.managedInstances && (() => arrived(platform, requestIds)),
        ),
      ]);

      expect(bare.results).toMatchObject(runs.map(({ gives }) => gives));
      expect(JSON.stringify(layered.observation)).not.toMatch(ours);
      expect(comparable(layered.observation, runs)).toEqual(comparable(bare.observation, runs));
      expect(requestIds.map((id) => reportedAs(platform, id))).toEqual(
        runs.map(({ report }) => report),
      );
    });
  });
}

const ours = /\[xpander-lambda\]|\/opt\/xpander-lambda/;

function runsOn({ runtimes }: Shape, runtime: ManagedRuntime): boolean {
  return runtimes?.includes(runtime) ?? true;
}

function comparable(observation: Observation, runs: readonly Run[]): Observation {
  return runs.every(endsAtLoad) ? withoutRuntimeFrames(observation) : observation;
}

/** Nothing stops a process on Managed Instances, so that nothing waits for its reports. */
async function arrived(platform: LocalPlatform, requestIds: readonly string[]): Promise<void> {
  const isThere = (id: string): boolean => reportsOf(platform, { awsRequestId: id }).length > 0;
  await expect.poll(() => requestIds.every(isThere), { timeout: 10_000 }).toBe(true);
}

function reportedAs(platform: LocalPlatform, awsRequestId: string): Run['report'] | number {
  const reports = reportsOf(platform, { awsRequestId });
  if (reports.length === 0) return 'nothing';
  if (reports.length > 1) return reports.length;
  return reports[0]?.['is_success'] === true ? 'completed' : 'failed';
}
