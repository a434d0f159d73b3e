/**
 * What reporting costs a function, in Lambda's runtime client, compared with a bare handler.
 *
 *     npm run bench                            some minutes
 *     npm run bench -- --quick                 less than one
 *     npm run bench -- --variant 'wrapper, in-band'
 *     npm run bench -- --json FILE             default: a new file in test/bench/results
 *     LAMBDA_CPU_SHARE=0.07 npm run bench -- --quick      with the CPU that 128 MB have
 *     npm run bench -- --profile 'wrapper, in-band'   where the time of its init goes
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureRuntimeClient } from '../support/runtime-client/runtime-client.ts';
import { quickPlan, thoroughPlan } from './bench-plan.ts';
import { formatProfile } from './format-profile.ts';
import { formatResults } from './format-results.ts';
import { type InitProfile, profileInit } from './profile-init.ts';
import { runBenchmark } from './run-benchmark.ts';
import { startServices } from './services.ts';
import { createTaskRoot } from './task-root.ts';
import { chooseVariants, findVariant, type Variant } from './variants.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    variant: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    profile: { type: 'string' },
  },
});

if (values.profile === undefined) await bench();
else await profile(findVariant(values.profile));

async function bench(): Promise<void> {
  const plan = values.quick ? quickPlan : thoroughPlan;
  const results = await runBenchmark(plan, chooseVariants(values.variant), (now) =>
    process.stderr.write(`${now}\n`),
  );
  const file = values.json ?? newFile(results.date);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`${formatResults(results)}\n\nAll figures: ${file}`);
}

async function profile(variant: Variant): Promise<void> {
  const client = await ensureRuntimeClient();
  await using taskRoot = await createTaskRoot();
  await using services = await startServices();
  const take = async (one: Variant): Promise<InitProfile> =>
    profileInit({
      client,
      built: await taskRoot.build(one),
      environment: { ...services.environment, ...one.environment },
      name: one.name,
    });
  const baseline = await take(findVariant(variant.baseline));
  console.log(formatProfile(await take(variant), baseline));
}

function newFile(date: string): string {
  const name = `results/${date.slice(0, 19).replaceAll(':', '-')}.json`;
  return fileURLToPath(new URL(name, import.meta.url));
}
