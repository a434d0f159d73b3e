import type { PendingReport } from '../spool/spool.ts';

/** Detects pending reports of tasks for which this process has had a later attempt. */
export interface LatestAttempts {
  /**
   * Registers an attempt of a task whose report will be sent.
   *
   * @param endedAt - epoch milliseconds
   * @returns `endedAt`, raised if necessary to be later than all earlier attempts of the task
   */
  readonly begin: (id: string | null, endedAt: number) => number;
  /** Whether a later attempt of the same task is registered. */
  readonly isOutdated: (waiting: PendingReport) => boolean;
}

// Lambda retries an event within minutes, so the tasks of the last minutes are enough.
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
