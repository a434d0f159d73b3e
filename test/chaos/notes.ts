/** What the handler itself has written down: evidence that does not come from the reporter. */

import { existsSync, readFileSync } from 'node:fs';

export interface Note {
  readonly what: 'begins' | 'answers' | 'throws';
  readonly id: string;
  readonly attempt: number;
  /** Milliseconds since the epoch, by a clock that does not jump. */
  readonly atMs: number;
}

export function notesIn(file: string): Note[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Note);
}
