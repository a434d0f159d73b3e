/** The last invocations of a run: some environments end in bad weather, some in fair weather. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { budgetMs } from './attachments.ts';
import { type Life, type Slot, spinDown } from './lives.ts';
import { type Attempt, runStep } from './run-plan.ts';

// Longer than any pause of the reporter.
const longPauseMs = 6 * 60_000;

/** Environments that have ended are left alone. */
export async function quieten(slots: readonly Slot[]): Promise<Attempt[]> {
  const lives = slots.flatMap(({ lives }) => lives).filter(({ end }) => end === 'idle');
  const attempts = await Promise.all(lives.map((life, index) => quietenOne(life, index)));
  return attempts.flat();
}

async function quietenOne(life: Life, index: number): Promise<Attempt[]> {
  const isBad = index === 0;
  await life.proxy.settle(isBad ? { kind: 'status', status: 503 } : { kind: 'fair' });
  const attempts: Attempt[] = [];
  // The first of them meets what processes have left that died.
  for (let count = isBad ? 1 : 3; count > 0; count -= 1) {
    attempts.push(await invokeOnce(life));
  }
  // Managed Instances report beside the next events, and Lambda ends none in the same moment.
  if (life.isManaged) await sleep(2 * budgetMs);
  if (index <= 1) await spinDown(life);
  return attempts;
}

function invokeOnce(life: Life): Promise<Attempt> {
  const attempt = 1;
  const event = { attempt, way: 'answers', secret: 'leak0' } as const;
  const pauseMs = life.isManaged ? 0 : longPauseMs;
  const step = {
    requestId: randomUUID(),
    attempt,
    event,
    slot: -1,
    pauseMs,
    fate: 'stays',
  } as const;
  return runStep(step, life);
}
