/** Runs each shape with and without the layer and compares everything except the reports. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { shareMachine } from '../support/alone.ts';
import { reportsOf } from '../support/reports-of.ts';
import { watchRequests } from '../support/request-times.ts';
import type { ManagedRuntime } from '../support/runtime-client/runtime-client.ts';
import { reportingTo } from '../support/sample-function.ts';
import { attached, reporterLayer } from './attached-layer.ts';
import { describeHold, heldBeyondBare, isHeld, leastHeld } from './held-beyond-bare.ts';
import { deploy, type Observation, type Observed, observe, runsOf } from './observe-shape.ts';
import { endsAtLoad, type Run, type Shape } from './shapes/shape.ts';
import { withoutRuntimeFrames } from './without-runtime-frames.ts';

interface Comparison {
  readonly bare: Observed;
  readonly layered: Observed;
  readonly reports: readonly (Run['report'] | number)[];
}

export function compareShapes(runtime: ManagedRuntime, shapes: readonly Shape[]): void {
  const machine = shareMachine();
  describe.concurrent(runtime, () => {
    const these = shapes.filter((shape) => runsOn(shape, runtime));
    // Concurrent tests need the `expect` of their own context.
    test.for(these)('$name', async (shape, { expect }) => {
      const runs = runsOf(shape, runtime);
      await using function_ = await deploy(shape);

      const compareOnce = () => compare(shape, runtime, function_);
      const { bare, layered, reports } = await machine.beside(compareOnce);
      let heldMs = heldBeyondBare(layered, bare);
      if (isHeld(heldMs)) {
        const again = await machine.alone(compareOnce);
        heldMs = leastHeld(heldMs, heldBeyondBare(again.layered, again.bare));
      }

      expect(bare.results).toMatchObject(runs.map(({ gives }) => gives));
      expect(JSON.stringify(layered.observation)).not.toMatch(ours);
      expect(comparable(layered.observation, runs)).toEqual(comparable(bare.observation, runs));
      expect(reports).toEqual(runs.map(({ report }) => report));
      expect(isHeld(heldMs), describeHold(heldMs)).toBe(false);
    });
  });
}

const ours = /\[xpander-lambda\]|\/opt\/xpander-lambda/;

function runsOn({ runtimes }: Shape, runtime: ManagedRuntime): boolean {
  return runtimes?.includes(runtime) ?? true;
}

async function compare(
  shape: Shape,
  runtime: ManagedRuntime,
  { taskRoot }: { readonly taskRoot: string },
): Promise<Comparison> {
  const requestIds = runsOf(shape, runtime).map(() => randomUUID());
  await using platform = await startLocalPlatform();
  using requests = watchRequests(platform.url);
  const environment = { ...reportingTo(platform), XPANDER_AGENT_ID: 'agent-123' };
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
      {
        onTheWay: requests.intervals,
        ...(shape.options?.managedInstances && {
          delivered: () => arrived(platform, requestIds),
        }),
      },
    ),
  ]);
  return { bare, layered, reports: requestIds.map((id) => reportedAs(platform, id)) };
}

function comparable(observation: Observation, runs: readonly Run[]): Observation {
  return runs.every(endsAtLoad) ? withoutRuntimeFrames(observation) : observation;
}

/** On Managed Instances reports are sent in the background, so wait for them. */
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
