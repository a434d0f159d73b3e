/** How long it takes to log what could not be sent when the environment ends. */
import { slownessHere } from './loading-time.ts';

// Lambda may begin late with its signal, and a busy machine with this process.
const leastMs = 100;
// A file is read, a line is written: 0.3 ms on a whole CPU, twice that when code is cold.
const perReportMs = 0.6;

/** Milliseconds to keep for it, which may be more than there are: then nothing is sent before. */
export function writingTimeMs(waiting: number): number {
  return leastMs + waiting * perReportMs * slownessHere();
}
