/** Estimates how long it takes to flush unsent reports to the log when the environment ends. */
import { slownessHere } from './loading-time.ts';

// Lambda may send its signal late, and a busy machine may resume this process late.
const leastMs = 100;
// Reading a file and writing a line takes 0.3 ms on a full CPU, and twice that with cold code.
const perReportMs = 0.6;

/** Milliseconds to reserve for the log. If fewer are left, nothing is sent before. */
export function writingTimeMs(waiting: number): number {
  return leastMs + waiting * perReportMs * slownessHere();
}
