import type { PendingReport } from '../spool/spool.ts';

/** Knows of which runs this process has had a later attempt than one that waits. */
export interface LatestAttempts {
  /**
   * An attempt of this run is to be sent.
   *
   * @param endedAt - epoch milliseconds
   * @returns the same, but later than those before it, whatever the clock says
   */
  readonly begin: (id: string | null, endedAt: number) => number;
  readonly isOutdated: (waiting: PendingReport) => boolean;
}

// Lambda repeats an event within minutes; these are the runs of the last ones.
const mostIds = 1_000;

export function createLatest(): LatestAttempts {
  const since = new Map<string, number>();
  return {
    begin(id, endedAt) {
      if (id === null) return endedAt;
      const at = Math.max(endedAt, (since.get(id) ?? 0) + 1);
      since.delete(id);
      since.set(id, at);
      const [oldest] = since.keys();
      if (since.size > mostIds && oldest !== undefined) since.delete(oldest);
      return at;
    },
    isOutdated: ({ report: { id }, since: at }) => id !== null && (since.get(id) ?? at) > at,
  };
}
