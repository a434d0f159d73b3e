/** How many of something there were in a minute of late. */
export interface RecentRate {
  readonly add: (time: number) => void;
  readonly perMinute: (time: number) => number;
}

const minuteMs = 60_000;
// An event counts less and less; after this time a third as much.
const fadesMs = 2 * minuteMs;
// The first few within a moment are no rate.
const shortestMs = minuteMs / 2;

/** Times are milliseconds of a clock that never goes back. */
export function createRecentRate(): RecentRate {
  let sum = 0;
  let countedAt = 0;
  let firstAt: number | undefined;
  const at = (time: number): number => sum * Math.exp((countedAt - time) / fadesMs);
  return {
    add(time) {
      firstAt ??= time;
      sum = at(time) + 1;
      countedAt = time;
    },
    perMinute(time) {
      if (firstAt === undefined) return 0;
      const ageMs = Math.max(shortestMs, time - firstAt);
      const weightMs = fadesMs * (1 - Math.exp(-ageMs / fadesMs));
      return (at(time) / weightMs) * minuteMs;
    },
  };
}
