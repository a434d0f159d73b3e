/** Takes the lines out of a stream of bytes. */

// A report is bounded by `maxBytes`; what is longer than this was not written here.
const mostBytes = 16 * 1024 * 1024;

/** @returns to be called with each piece; `onLine` gets undefined for a line that is too long */
export function createLineReader(
  onLine: (line: string | undefined) => void,
  most: number = mostBytes,
): (piece: Buffer) => void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return (piece) => {
    for (let from = 0; from < piece.length; ) {
      const end = piece.indexOf(0x0a, from);
      const part = piece.subarray(from, end === -1 ? piece.length : end);
      bytes += part.length;
      // Of a long line only its length is kept, up to its end.
      if (bytes > most) pieces = [];
      else if (part.length > 0) pieces.push(part);
      if (end === -1) return;
      from = end + 1;
      const line = bytes > most ? undefined : Buffer.concat(pieces).toString('utf8');
      pieces = [];
      bytes = 0;
      onLine(line);
    }
  };
}
