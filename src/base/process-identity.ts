/** Identifies a process beyond its id, which the system reuses. */
import { readFileSync } from 'node:fs';

/** Process id and start time as a file name, for instance `17-428001`; undefined if unknown. */
export function identityOf(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name in brackets may contain any characters.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie: its parent has not read its exit code yet.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Start time of the process in clock ticks since boot.
    return `${stat.slice(0, stat.indexOf(' '))}-${fields[19]}`;
  } catch {
    // The process has ended, or the system has no /proc.
    return undefined;
  }
}

/** Whether the process with this identity is running. */
export function isRunning(identity: string): boolean {
  return identityOf(Number.parseInt(identity, 10)) === identity;
}
