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
    test.each(shapes.filter((shape) => runsOn(shape, runtime)))('$name', async (shape) => {
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
        observe(shape, runtime, requestIds, {
          taskRoot,
          layers: [reporterLayer],
          environment: { ...environment, ...attached, ...shape.environment },
        }),
      ]);

      if (process.env['PRINT_BARE'])
        console.log(
          runtime,
          shape.name,
          JSON.stringify(
            bare.results.map(({ kind, ...r }: any) => [
              kind,
              r.body?.slice(0, 100),
              r.errorType,
              r.errorMessage?.slice(0, 150),
              r.exitCode,
            ]),
          ),
        );
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

function reportedAs(platform: LocalPlatform, awsRequestId: string): Run['report'] | number {
  const reports = reportsOf(platform, { awsRequestId });
  if (reports.length === 0) return 'nothing';
  if (reports.length > 1) return reports.length;
  return reports[0]?.['is_success'] === true ? 'completed' : 'failed';
}
