/** Keeps the begin and the end of an output that may be of any size. */
export interface OutputKeeper {
  readonly add: (chunk: Buffer) => void;
  /** Without white space at its end; what is not kept is said. */
  readonly text: () => string;
}

// Both outputs of a command together stay far below what the platform takes.
const halfBytes = 128 * 1024;

export function createOutputKeeper(half: number = halfBytes): OutputKeeper {
  const begin: Buffer[] = [];
  let room = half;
  let end: Buffer[] = [];
  let endBytes = 0;
  let leftOut = 0;
  return {
    add(chunk) {
      if (room > 0) begin.push(chunk.subarray(0, room));
      const rest = chunk.subarray(room);
      room = Math.max(0, room - chunk.length);
      end.push(rest);
      endBytes += rest.length;
      // Not at each chunk: there may be a million small ones.
      if (endBytes > 2 * half) trim();
    },
    text() {
      trim();
      const middle = leftOut === 0 ? [] : [Buffer.from(`\n… ${leftOut} bytes left out …\n`)];
      return Buffer.concat([...begin, ...middle, ...end])
        .toString()
        .trimEnd();
    },
  };

  function trim(): void {
    const all = Buffer.concat(end);
    // A copy: a part would keep the whole in memory.
    end = [Buffer.from(all.subarray(Math.max(0, all.length - half)))];
    leftOut += Math.max(0, all.length - half);
    endBytes = Math.min(all.length, half);
  }
}
