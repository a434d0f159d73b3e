/** Says on the terminal how far sending has come: a bar on a screen, now and then a line elsewhere. */

/** Where progress is written, such as `process.stderr`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  readonly update: (done: number, note: string, pauseMs?: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

// Often enough to see that it lives, rare enough for the log of a scheduled job.
const linePauseMs = 10_000;

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
      const full = Math.round((done / total) * width);
      const text = `${'█'.repeat(full)}${'░'.repeat(width - full)} ${status(done, total, note, pauseMs)}`;
      // A line that wraps could not be written over. Some terminals say that they have 0 columns.
      stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\x1b[K`);
    },
    end: () => void stream.write('\r\x1b[K'),
  };
}

function lines(total: number, stream: ProgressStream, now: () => number): Progress {
  let lastMs = now();
  return {
    update(done, note, pauseMs = 0) {
      if (pauseMs < linePauseMs && now() - lastMs < linePauseMs) return;
      lastMs = now();
      stream.write(`${status(done, total, note, pauseMs)}\n`);
    },
    end: () => {},
  };
}

function status(done: number, total: number, note: string, pauseMs = 0): string {
  const pause = pauseMs > 0 ? ` (going on in ${Math.ceil(pauseMs / 1_000)} s)` : '';
  return `${done} of ${total}${pause}: ${note}`;
}
