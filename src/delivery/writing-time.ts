// Files are read and lines written: more of both takes longer, above all on a small function.
const leastMs = 200;
const perReportMs = 1;
// The rest is for a probe.
const mostMs = 380;

/** Milliseconds to keep for logging what could not be sent when the environment ends. */
export function writingTimeMs(waiting: number): number {
  return Math.min(mostMs, leastMs + waiting * perReportMs);
}
