/** How much memory a process holds, for saying why it may have been killed. */
import { readFileSync } from 'node:fs';
import { identityOf, isRunning } from '../../base/process-identity.ts';

export interface WatchedProcess {
  /** Notes what it holds now. */
  readonly sample: () => void;
  /** What it held last, in MB; undefined where that cannot be seen. */
  readonly heldMb: () => number | undefined;
  /** Undefined where that cannot be seen. */
  readonly isRunning: () => boolean | undefined;
}

/** @param identity - number and start of the process, as it says itself */
export function watchProcess(identity: string | undefined): WatchedProcess {
  const pid = Number.parseInt(identity ?? '', 10);
  // In a name space of its own a process has another number than here.
  const isVisible = identity !== undefined && identityOf(pid) === identity;
  let heldMb: number | undefined;
  return {
    sample: () => {
      if (isVisible) heldMb = residentMb(pid) ?? heldMb;
    },
    heldMb: () => heldMb,
    isRunning: () => (isVisible ? isRunning(identity) : undefined),
  };
}

function residentMb(pid: number): number | undefined {
  try {
    const [, kilobytes] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_024);
  } catch {
    return undefined;
  }
}
