/** Measures what a new process costs: init, first invocation, memory. */

import type { BenchPlan } from './bench-plan.ts';
import type { ColdResult } from './bench-results.ts';
import { compare } from './compare.ts';
import type { PreparedVariant } from './prepare-variants.ts';
import { createShuffle } from './turns.ts';

/** What one process gives. */
interface ColdSample {
  readonly init: number;
  readonly initCpu: number;
  readonly first: number;
  readonly firstBilled: number;
  readonly residentAfterInit: number;
  readonly residentAtFirstAnswer: number;
  readonly residentAfterDelivery: number;
}

interface HeapSample {
  readonly heapBeforeDelivery: number;
  readonly heapAfterDelivery: number;
}

/** Deliveries after which connections are open and nothing more is loaded. */
const deliveries = 5;

export async function measureCold(
  variants: readonly PreparedVariant[],
  plan: BenchPlan,
): Promise<ColdResult[]> {
  const samples = await collect(variants, plan.coldRounds, coldSample);
  const heaps = await collect(variants, plan.heapRounds, heapSample);
  return variants.map(({ name, baseline }) => {
    const cold = (field: keyof ColdSample) => compare(pick(samples, field), name, baseline);
    const heap = (field: keyof HeapSample) => compare(pick(heaps, field), name, baseline);
    return {
      name,
      baseline,
      init: cold('init'),
      initCpu: cold('initCpu'),
      first: cold('first'),
      firstBilled: cold('firstBilled'),
      residentAfterInit: cold('residentAfterInit'),
      residentAtFirstAnswer: cold('residentAtFirstAnswer'),
      residentAfterDelivery: cold('residentAfterDelivery'),
      heapBeforeDelivery: heap('heapBeforeDelivery'),
      heapAfterDelivery: heap('heapAfterDelivery'),
    };
  });
}

async function collect<Sample>(
  variants: readonly PreparedVariant[],
  rounds: number,
  measure: (variant: PreparedVariant) => Promise<Sample>,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]));
  const shuffle = createShuffle();
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of shuffle(variants)) {
      samples.get(variant.name)?.push(await measure(variant));
    }
  }
  return samples;
}

async function coldSample({ start }: PreparedVariant): Promise<ColdSample> {
  await using started = await start();
  const residentAfterInit = started.residentBytes();
  const first = await started.invoke({ question: 'Why?' });
  for (let count = 1; count < deliveries; count += 1) await started.invoke({ question: 'Why?' });
  return {
    init: started.initMs,
    initCpu: started.initCpuMs,
    first: first.answerMs,
    firstBilled: first.billedMs,
    residentAfterInit,
    residentAtFirstAnswer: first.residentBytes,
    residentAfterDelivery: started.residentBytes(),
  };
}

async function heapSample({ start }: PreparedVariant): Promise<HeapSample> {
  await using started = await start();
  const heapBytes = async (): Promise<number> => {
    const { body } = await started.invoke({ question: 'Why?', tellHeap: true });
    const answer: { heapBytes: number } = JSON.parse(body);
    return answer.heapBytes;
  };
  const heapBeforeDelivery = await heapBytes();
  for (let count = 1; count < deliveries; count += 1) await started.invoke({ question: 'Why?' });
  return { heapBeforeDelivery, heapAfterDelivery: await heapBytes() };
}

function pick<Sample>(
  samples: ReadonlyMap<string, readonly Sample[]>,
  field: keyof Sample,
): Map<string, number[]> {
  return new Map([...samples].map(([name, each]) => [name, each.map((one) => Number(one[field]))]));
}
