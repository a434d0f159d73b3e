/** Tells a process from every other that had its number before. */
import { readFileSync } from 'node:fs';

/** Number and start of a process, for a file name: `17-428001`. */
export function identityOf(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the command, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, but its parent has not asked how it ended.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Clock ticks from the start of the machine to that of the process.
    return `${stat.slice(0, stat.indexOf(' '))}-${fields[19]}`;
  } catch {
    // Gone, or a system without /proc.
    return undefined;
  }
}

/** Whether the process that has this identity still runs. */
export function isRunning(identity: string): boolean {
  return identityOf(Number.parseInt(identity, 10)) === identity;
}
