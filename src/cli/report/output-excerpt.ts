/** Keeps the start and the end of an output of any size. */
export interface OutputExcerpt {
  readonly add: (chunk: Buffer) => void;
  /** The kept text without trailing white space, with a note of the omitted bytes. */
  readonly text: () => string;
}

// The excerpts of both outputs stay far below the platform's limit.
const defaultHalfBytes = 128 * 1024;

export function createOutputExcerpt(half: number = defaultHalfBytes): OutputExcerpt {
  const start: Buffer[] = [];
  let startBytesLeft = half;
  let end: Buffer[] = [];
  let endBytes = 0;
  let omittedBytes = 0;
  return {
    add(chunk) {
      if (startBytesLeft > 0) start.push(chunk.subarray(0, startBytesLeft));
      const rest = chunk.subarray(startBytesLeft);
      startBytesLeft = Math.max(0, startBytesLeft - chunk.length);
      end.push(rest);
      endBytes += rest.length;
      // Trimming at every chunk would be slow for many small chunks.
      if (endBytes > 2 * half) trim();
    },
    text() {
      trim();
      const middle =
        omittedBytes === 0 ? [] : [Buffer.from(`\n… ${omittedBytes} bytes omitted …\n`)];
      return Buffer.concat([...start, ...middle, ...end])
        .toString()
        .trimEnd();
    },
  };

  function trim(): void {
    const all = Buffer.concat(end);
    // Copied because a subarray would keep the whole buffer in memory.
    end = [Buffer.from(all.subarray(Math.max(0, all.length - half)))];
    omittedBytes += Math.max(0, all.length - half);
    endBytes = Math.min(all.length, half);
  }
}
