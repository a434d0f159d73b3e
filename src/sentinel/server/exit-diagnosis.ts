/** Says of a run that nobody else can speak for how it ended, so that a human understands it. */

import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import type { OrphanOutcome } from '../../delivery/journal/orphaned-runs.ts';

/** How it ended, seen from outside the function's process. */
export interface SeenEnd {
  readonly kind: 'timeout' | 'crash';
  /** Lambda's word for it. */
  readonly errorType?: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What the process held of the memory that the function has, in MB. */
export interface MemoryUse {
  readonly heldMb: number | undefined;
  readonly limitMb: number | undefined;
}

// A process is killed at the limit of all processes together, of which this one is the largest.
const nearlyAll = 0.7;

export function lostOutcome(
  { startedAt, deadlineMs, ended, crash }: JournalEntry,
  { kind, errorType, at }: SeenEnd,
  memory: MemoryUse,
  timeoutMs: number,
): OrphanOutcome {
  const lasted = (until: number): number => Math.max(0, until - startedAt) / 1_000;
  if (ended !== undefined) {
    const text = 'Lambda had the response, but the process ended before it was reported.';
    return { isSuccess: ended.isSuccess, text, durationSeconds: lasted(ended.at) };
  }
  if (kind === 'timeout') {
    const durationSeconds = lasted(deadlineMs ?? at);
    return { ...timedOut(Math.max(durationSeconds, timeoutMs / 1_000)), durationSeconds };
  }
  if (crash !== undefined) {
    return { isSuccess: false, text: crash.cause, durationSeconds: lasted(crash.at) };
  }
  return { isSuccess: false, text: killed(errorType, memory), durationSeconds: lasted(at) };
}

/** Of an invocation that no reporter has told of. */
export function unreportedOutcome(
  { kind, errorType, at }: SeenEnd,
  startedAt: number | undefined,
  { loadError, isLeaving = false }: KnownOfProcess,
): OrphanOutcome {
  const durationSeconds = startedAt === undefined ? 0 : Math.max(0, at - startedAt) / 1_000;
  if (kind === 'timeout') return { ...timedOut(durationSeconds), durationSeconds };
  if (loadError !== undefined) {
    const text = `The function's module could not be loaded: ${loadError}`;
    return { isSuccess: false, name: 'LoadError', text, durationSeconds };
  }
  const reason = isLeaving
    ? 'it was already exiting after an earlier invocation'
    : "most likely the function's module could not be loaded";
  const text = `The process ended before the handler was called${lambdasWord(errorType)}: ${reason}.`;
  return { isSuccess: false, text, durationSeconds };
}

/** What is known of a process whose handler was not called. */
export interface KnownOfProcess {
  readonly loadError: string | undefined;
  readonly isLeaving?: boolean;
}

function timedOut(limitSeconds: number): Pick<OrphanOutcome, 'isSuccess' | 'name' | 'text'> {
  const text = `timed out: Lambda had no response at the function's limit of ${limitSeconds.toFixed(1)} s.`;
  return { isSuccess: false, name: 'TimeoutError', text };
}

function killed(errorType: string | undefined, { heldMb, limitMb }: MemoryUse): string {
  const held =
    heldMb === undefined
      ? ''
      : ` It held ${heldMb} MB of memory shortly before${limitMb === undefined ? '' : `, and the function has ${limitMb} MB`}.`;
  if (errorType === 'Runtime.OutOfMemory') {
    return `The process was killed for lack of memory before Lambda had a response${lambdasWord(errorType)}.${held}`;
  }
  const ended = `The process was killed before Lambda had a response${lambdasWord(errorType)}`;
  const isLikely = heldMb !== undefined && limitMb !== undefined && heldMb >= limitMb * nearlyAll;
  return `${ended}, ${isLikely ? 'most likely' : 'for instance'} for lack of memory.${held}`;
}

function lambdasWord(errorType: string | undefined): string {
  return errorType === undefined ? '' : ` (${errorType})`;
}
