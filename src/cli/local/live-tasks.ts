/** Prints what arrives at the local platform, for people or for programs. */
import type { TaskRow } from '../../local/wire/page-data.ts';
import type { Terminal } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { createTaskLine } from './task-line.ts';

/** Where lines go, such as `process.stdout`. */
export interface LineStream {
  /** What waits for its reader. */
  readonly writableLength: number;
  write(text: string): unknown;
}

// A reader who has gone away from a pipe must not fill the memory of the platform.
const mostWaiting = 1024 * 1024;

export function createTaskPrinter(
  stream: LineStream,
  terminal: Terminal,
  asJson: boolean,
): (row: TaskRow) => void {
  const taskLine = createTaskLine(terminal);
  let leftOut = 0;
  return (row) => {
    if (stream.writableLength > mostWaiting) {
      leftOut += 1;
      return;
    }
    if (leftOut > 0) stream.write(`${gapLine(leftOut, asJson)}\n`);
    leftOut = 0;
    stream.write(`${asJson ? safeJson({ event: 'task', ...row }) : taskLine(row)}\n`);
  };
}

function gapLine(count: number, asJson: boolean): string {
  return asJson ? safeJson({ event: 'skipped', tasks: count }) : `… ${count} tasks not printed …`;
}
