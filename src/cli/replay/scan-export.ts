import {
  contextLength,
  type FoundDeadLetter,
  marker,
  readDeadLetter,
} from './find-dead-letters.ts';

/** A dead letter and its line number in the export, from 1. */
export type LocatedDeadLetter = FoundDeadLetter & { readonly line: number };

// A log event has at most 1 MiB, so even escaped twice a report is shorter than this.
const maxReportLength = 16 * 1024 * 1024;
const initialReadLength = 64 * 1024;

/**
 * Finds dead-letter log lines in an export of any length with bounded memory. The export does not
 * need line breaks: compact JSON is often a single line.
 */
export async function* scanExport(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<LocatedDeadLetter> {
  const window = createWindow();
  for await (const chunk of chunks) {
    yield* window.read(chunk, false);
  }
  yield* window.read('', true);
}

/** Scans a sliding window over the export. */
function createWindow(): {
  readonly read: (chunk: string, isLast: boolean) => LocatedDeadLetter[];
} {
  let text = '';
  let line = 1;
  // Everything before this index has been scanned and its lines counted.
  let position = 0;
  // The length at which an incomplete report is read again. It doubles so that a long report is not
  // read from its start with every chunk.
  let nextReadLength = initialReadLength;

  function moveTo(index: number): void {
    for (let at = text.indexOf('\n', position); at !== -1 && at < index; ) {
      line += 1;
      at = text.indexOf('\n', at + 1);
    }
    position = index;
  }

  function read(chunk: string, isLast: boolean): LocatedDeadLetter[] {
    const dropped = Math.max(0, position - contextLength);
    text = text.slice(dropped) + chunk;
    position -= dropped;
    const deadLetters: LocatedDeadLetter[] = [];
    let lineEnd = -1;
    for (;;) {
      const at = text.indexOf(marker, position);
      if (at === -1) {
        // The marker may start at the end of this chunk.
        moveTo(Math.max(position, text.length - marker.length));
        return deadLetters;
      }
      moveTo(at);
      if (lineEnd < at) lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) lineEnd = text.length;
      const length = lineEnd - at;
      const isComplete = isLast || lineEnd < text.length || length >= maxReportLength;
      if (!isComplete && length < nextReadLength) return deadLetters;
      const context = text.slice(Math.max(0, at - contextLength), at);
      const match = readDeadLetter(text.slice(at, lineEnd), context, isComplete);
      if (match === undefined) {
        nextReadLength = length * 2;
        return deadLetters;
      }
      nextReadLength = initialReadLength;
      deadLetters.push(...match.deadLetters.map((deadLetter) => ({ ...deadLetter, line })));
      moveTo(at + match.end);
    }
  }

  return { read };
}
