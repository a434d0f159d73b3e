/** Shows the progress of a replay: a bar on a terminal, otherwise a line every few seconds. */

/** The stream that progress is written to, such as `process.stderr`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  readonly update: (done: number, note: string, pauseMs?: number) => void;
  /** Clears the bar. */
  readonly end: () => void;
}

// Frequent enough to show activity, rare enough for the log of a scheduled job.
const lineIntervalMs = 10_000;

export function createProgress(
  total: number,
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): Progress {
  return stream.isTTY === true ? bar(total, stream) : lines(total, stream, now);
}

function bar(total: number, stream: ProgressStream): Progress {
  const width = 24;
  return {
    update(done, note, pauseMs) {
      const filled = Math.round((done / total) * width);
      const text = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${status(done, total, note, pauseMs)}`;
      // A wrapped line cannot be overwritten. Some terminals report 0 columns.
      stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\x1b[K`);
    },
    end: () => void stream.write('\r\x1b[K'),
  };
}

function lines(total: number, stream: ProgressStream, now: () => number): Progress {
  let lastMs = now();
  return {
    update(done, note, pauseMs = 0) {
      if (pauseMs < lineIntervalMs && now() - lastMs < lineIntervalMs) return;
      lastMs = now();
      stream.write(`${status(done, total, note, pauseMs)}\n`);
    },
    end: () => {},
  };
}

function status(done: number, total: number, note: string, pauseMs = 0): string {
  const pause = pauseMs > 0 ? ` (continuing in ${Math.ceil(pauseMs / 1_000)} s)` : '';
  return `${done} of ${total}${pause}: ${note}`;
}
