/**
 * Whatever the platform and the handler do, every task ends up reported, with its right status: in
 * the task history, in the environment's /tmp, or in a log line that `replay` sends.
 *
 * `CHAOS=500` makes it 500 invocations for each way of attaching, with a new seed; CONTRIBUTING.md
 * has the other variables and what the verdicts mean.
 */

import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { attachments } from './attachments.ts';
import { mockWallClock } from './environment-clock.ts';
import { findingsOf, formatFindings } from './findings.ts';
import { openSlots } from './lives.ts';
import { planSteps } from './plan.ts';
import { quieten } from './quieten.ts';
import { runPlan } from './run-plan.ts';
import { seededRandom } from './seeded-random.ts';

const { CHAOS, CHAOS_SEED, CHAOS_DEATHS, CHAOS_TIMEOUT_MS, LAMBDA_CPU_SHARE } = process.env;
const invocations = Number(CHAOS || 30);
const seed = Number(CHAOS_SEED || (CHAOS ? Date.now() % 1_000_000 : 7));
const isSlow = Boolean(LAMBDA_CPU_SHARE);
const timeoutMs = Number(CHAOS_TIMEOUT_MS || (isSlow ? 3_000 : 1_500));
const nearMs = isSlow ? 1_200 : 400;
// On a busy machine processes wait for a CPU that much longer.
const loadPerCpu = Math.max(1, loadavg()[0]! / availableParallelism());
const marginMs = (isSlow ? 600 : 150) * loadPerCpu;
const idleLimitMs = 500 * loadPerCpu;
const testTimeout = 120_000 + invocations * (isSlow ? 6_000 : 2_000);

test.each(attachments)(
  `$name: ${invocations} invocations in bad weather (seed ${seed})`,
  { timeout: testTimeout },
  async (attachment) => {
    mockWallClock();
    const startMs = performance.now();
    const platform = await startLocalPlatform();
    onTestFinished(() => platform.close());
    const slots = openSlots({ attachment, platformUrl: platform.url, seed, timeoutMs });
    const steps = planSteps(seededRandom(seed, `plan of ${attachment.name}`), {
      invocations,
      slots: attachment.slots,
      timeoutMs,
      nearMs,
      deaths: Boolean(CHAOS_DEATHS),
    });

    const lanes = attachment.slots[0]?.managedInstances?.maxConcurrency ?? 1;
    const attempts = await runPlan(steps, slots, { lanes });
    attempts.push(...(await quieten(slots)));

    const times = { timeoutMs, marginMs, idleLimitMs, isSlow };
    const run = { attachment, seed, platform, slots, attempts, startMs, ...times };
    const findings = await findingsOf(run);
    console.info(formatFindings(run, findings));
    expect(findings.failures).toEqual([]);
  },
);
