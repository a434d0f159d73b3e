/** Copies many small chunks of bytes into few large buffers, which costs least. */
export interface ByteCopy {
  readonly add: (piece: Uint8Array) => void;
  readonly pieces: () => readonly Uint8Array[];
  readonly clear: () => void;
}

const firstBytes = 8 * 1024;
const furtherBytes = 64 * 1024;

export function createByteCopy(): ByteCopy {
  let full: Uint8Array[] = [];
  let current = Buffer.alloc(0);
  let used = 0;
  return {
    add(piece) {
      if (piece.byteLength > current.byteLength - used) {
        if (used > 0) full.push(current.subarray(0, used));
        const wanted = full.length === 0 ? firstBytes : furtherBytes;
        current = Buffer.allocUnsafeSlow(Math.max(wanted, piece.byteLength));
        used = 0;
      }
      current.set(piece, used);
      used += piece.byteLength;
    },
    pieces: () => [...full, current.subarray(0, used)],
    clear() {
      full = [];
      current = Buffer.alloc(0);
      used = 0;
    },
  };
}
