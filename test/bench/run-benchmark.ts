/** Runs the benchmark: all variants, cold and warm, in turns. */

import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { ensureRuntimeClient } from '../support/runtime-client/runtime-client.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchResults, WarmResults } from './bench-results.ts';
import { measureCold } from './measure-cold.ts';
import { measureWarm } from './measure-warm.ts';
import { prepareVariants } from './prepare-variants.ts';
import { startServices } from './services.ts';
import { createTaskRoot } from './task-root.ts';
import type { Variant } from './variants.ts';

export async function runBenchmark(
  plan: BenchPlan,
  variants: readonly Variant[],
  onProgress: (now: string) => void = () => {},
): Promise<BenchResults> {
  const client = await ensureRuntimeClient();
  const loadBefore = load();
  await using taskRoot = await createTaskRoot();
  await using services = await startServices();

  onProgress('trying out each variant');
  const { usable, skipped } = await prepareVariants(variants, client, taskRoot, services);

  await services.setLatency(plan.coldLatencyMs);
  onProgress(`${plan.coldRounds + plan.heapRounds} cold starts of each`);
  const cold = await measureCold(usable, plan);
  const warm: WarmResults[] = [];
  for (const phase of plan.warm) {
    const { latencyMs, waitMs, invocations } = phase;
    onProgress(`${invocations} invocations of each, API ${latencyMs} ms, handler ${waitMs} ms`);
    await services.setLatency(latencyMs);
    warm.push({ ...phase, variants: await measureWarm(usable, phase) });
  }

  return {
    date: new Date().toISOString(),
    machine: {
      cpus: `${cpus().length} × ${cpus()[0]?.model}`,
      memoryBytes: totalmem(),
      system: `${type()} ${release()}`,
      runtimeClient: client.description,
      load: [loadBefore, load()],
    },
    cold: { latencyMs: plan.coldLatencyMs, variants: cold },
    warm,
    skipped,
  };
}

function load(): number {
  return loadavg()[0] ?? Number.NaN;
}
