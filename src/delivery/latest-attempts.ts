import type { WaitingReport } from './spool/spool.ts';

/** Knows of which runs this process has had a later attempt than one that waits. */
export interface LatestAttempts {
  readonly add: (waiting: WaitingReport) => void;
  readonly isOutdated: (waiting: WaitingReport) => boolean;
}

// Lambda repeats an event within minutes; these are the runs of the last ones.
const mostIds = 1_000;

export function createLatest(): LatestAttempts {
  const since = new Map<string, number>();
  return {
    add({ report: { id }, since: at }) {
      if (id === null) return;
      since.delete(id);
      since.set(id, at);
      const [oldest] = since.keys();
      if (since.size > mostIds && oldest !== undefined) since.delete(oldest);
    },
    isOutdated: ({ report: { id }, since: at }) => id !== null && (since.get(id) ?? at) > at,
  };
}
