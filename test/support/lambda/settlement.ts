/** Watches what an environment does with an event until it is ready for the next one. */

import { setImmediate } from 'node:timers/promises';
import type { ExecutionEnvironment, Exited } from './execution-environment.ts';
import { type RunningHold, startHold } from './hold.ts';
import type { InvocationClock } from './invocation-clock.ts';
import type { Settlement, SettlementTimes } from './invocation-result.ts';
import type { Release } from './release.ts';
import type { InvocationEvents, Outcome } from './telemetry/invocation-events.ts';

export interface DoneTimes {
  /** Since the response was there to its end, or since the event was handed out. */
  hold: RunningHold;
  runtimeDoneMs: number | undefined;
  extensionsDoneMs: number | undefined;
}

export type UnsettledEnd = Exited | { readonly kind: 'timeout' };

/** The times of an event that nobody has been handed, or has finished, until now. */
export function neverDone(environment: ExecutionEnvironment): DoneTimes {
  return {
    hold: startHold(environment.pids()),
    runtimeDoneMs: undefined,
    extensionsDoneMs: undefined,
  };
}

/** To be called as the event is handed out: it notes when the parties ask for the next one. */
export function noteDoneTimes(
  environment: ExecutionEnvironment,
  release: Release,
  clock: InvocationClock,
  events: InvocationEvents,
): DoneTimes {
  const times = neverDone(environment);
  void release.answered.then((posted) => events.answered(posted, clock.elapsedMs()));
  void release.posted.then(() => {
    times.hold.end();
    times.hold = startHold(environment.pids());
  });
  void release.done.then(() => {
    times.runtimeDoneMs = clock.elapsedMs();
    events.runtimeDone({ status: 'success' }, times.runtimeDoneMs);
  });
  void release.extensionsDone.then(() => {
    times.extensionsDoneMs = clock.elapsedMs();
  });
  return times;
}

/** After the answer: the function's time also limits what runtime and extensions still do. */
export async function settle(
  environment: ExecutionEnvironment,
  release: Release,
  times: DoneTimes,
  clock: InvocationClock,
  events: InvocationEvents,
): Promise<Settlement> {
  const end = await Promise.race([
    Promise.all([release.done, release.extensionsDone]).then(() => ({ kind: 'next' }) as const),
    environment.exited,
    clock.timeout,
  ]);
  const settled = settlementTimes(times, clock);
  clock.stop();
  if (end.kind === 'next') {
    events.report({ status: 'success' }, settled);
    environment.freeze();
  } else {
    events.runtimeDone(outcomeOf(environment, end), settled.doneMs);
    await environment.giveUp(end.kind === 'timeout' ? 'timeout' : 'failure', release);
  }
  // Output that was written before is readable now, and read within this turn.
  await setImmediate();
  return { ...end, ...settled };
}

export function outcomeOf(environment: ExecutionEnvironment, end: UnsettledEnd): Outcome {
  if (end.kind === 'timeout') return { status: 'timeout' };
  return { status: 'error', errorType: environment.failure() };
}

export function settlementTimes(
  { hold, runtimeDoneMs, extensionsDoneMs }: DoneTimes,
  clock: InvocationClock,
): SettlementTimes {
  const doneMs = clock.elapsedMs();
  const overheadMs = runtimeDoneMs === undefined ? 0 : (extensionsDoneMs ?? doneMs) - runtimeDoneMs;
  return {
    doneMs,
    runtimeDoneMs,
    extensionsDoneMs,
    extensionOverheadMs: Math.max(0, overheadMs),
    billedMs: Math.ceil(doneMs),
    held: hold.end(),
  };
}
