/** Prints each task that the local platform receives, as text or as JSON. */
import type { TaskRow } from '../../local/wire/page-data.ts';
import type { Terminal } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { createTaskLineFormatter } from './format-task-line.ts';

/** The stream that lines are written to, such as `process.stdout`. */
export interface OutputStream {
  /** Bytes that the reader has not consumed yet. */
  readonly writableLength: number;
  write(text: string): unknown;
}

// Tasks are skipped beyond this, so that an unread pipe does not fill the memory.
const maxBufferedBytes = 1024 * 1024;

export function createTaskPrinter(
  stream: OutputStream,
  terminal: Terminal,
  asJson: boolean,
): (row: TaskRow) => void {
  const formatTaskLine = createTaskLineFormatter(terminal);
  let skipped = 0;
  return (row) => {
    if (stream.writableLength > maxBufferedBytes) {
      skipped += 1;
      return;
    }
    if (skipped > 0) stream.write(`${skippedLine(skipped, asJson)}\n`);
    skipped = 0;
    stream.write(`${asJson ? safeJson({ event: 'task', ...row }) : formatTaskLine(row)}\n`);
  };
}

function skippedLine(count: number, asJson: boolean): string {
  return asJson ? safeJson({ event: 'skipped', tasks: count }) : `… ${count} tasks skipped …`;
}
