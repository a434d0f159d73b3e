/** Estimates the recent rate of an event, per minute. */
export interface RecentRate {
  readonly add: (time: number) => void;
  readonly perMinute: (time: number) => number;
}

const minuteMs = 60_000;
// The weight of an event decays to about a third in this time.
const fadesMs = 2 * minuteMs;
// The first few events within a moment do not make a rate.
const shortestMs = minuteMs / 2;

/** Times are milliseconds on a clock that never goes back. */
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
