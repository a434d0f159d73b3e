/** What happened in an emulated environment, in order. */

import { performance } from 'node:perf_hooks';

export interface Moment {
  readonly what: Happening;
  /** Milliseconds since the emulator started. */
  readonly atMs: number;
  /** Of the invocation that runs. */
  readonly requestId?: string;
  /** The name of the extension that it concerns. */
  readonly extension?: string;
  /** A reason, a signal, or an exit code. */
  readonly detail?: string;
}

export type Happening =
  | 'process-start'
  | 'extension-start'
  | 'extension-registered'
  | 'registration-refused'
  | 'runtime-next'
  | 'extension-next'
  | 'init-done'
  | 'init-error'
  | 'event-to-runtime'
  | 'event-to-extension'
  | 'response'
  | 'error'
  | 'freeze'
  | 'thaw'
  | 'timeout'
  | 'shutdown'
  | 'SIGTERM'
  | 'SIGKILL'
  | 'exit';

export type RecordMoment = (what: Happening, details?: Omit<Moment, 'what' | 'atMs'>) => void;

export interface Timeline {
  readonly moments: readonly Moment[];
  readonly record: RecordMoment;
}

export function createTimeline(): Timeline {
  const startedAt = performance.now();
  const moments: Moment[] = [];
  return {
    moments,
    record: (what, details) =>
      void moments.push({ what, atMs: performance.now() - startedAt, ...details }),
  };
}
