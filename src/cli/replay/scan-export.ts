import { contextLength, type Finding, marker, readMarked } from './marked-text.ts';

/** A finding and the line of the export that it stands in, from 1. */
export type LocatedFinding = Finding & { readonly line: number };

// A log event has at most 1 MiB; escaped twice it stays below this. What is longer is not ours.
const longestText = 16 * 1024 * 1024;
const firstLook = 64 * 1024;

/**
 * Finds undelivered reports in an export of any length, holding little of it in memory. It does
 * not matter whether the export has lines: compact JSON is often a single one.
 */
export async function* scanExport(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<LocatedFinding> {
  const window = createWindow();
  for await (const chunk of chunks) {
    yield* window.read(chunk, false);
  }
  yield* window.read('', true);
}

/** The part of the export that is looked at. */
function createWindow(): { readonly read: (chunk: string, ended: boolean) => LocatedFinding[] } {
  let text = '';
  let line = 1;
  // Up to here everything has been read, and lines have been counted.
  let position = 0;
  // The length at which a report whose end was not there is looked at again. It doubles, so that
  // a long one is not read from its start with every chunk.
  let nextLook = firstLook;

  function moveTo(index: number): void {
    for (let at = text.indexOf('\n', position); at !== -1 && at < index; ) {
      line += 1;
      at = text.indexOf('\n', at + 1);
    }
    position = index;
  }

  function read(chunk: string, ended: boolean): LocatedFinding[] {
    const dropped = Math.max(0, position - contextLength);
    text = text.slice(dropped) + chunk;
    position -= dropped;
    const findings: LocatedFinding[] = [];
    let lineEnd = -1;
    for (;;) {
      const at = text.indexOf(marker, position);
      if (at === -1) {
        // The marker may have begun at the end.
        moveTo(Math.max(position, text.length - marker.length));
        return findings;
      }
      moveTo(at);
      if (lineEnd < at) lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) lineEnd = text.length;
      const length = lineEnd - at;
      const whole = ended || lineEnd < text.length || length >= longestText;
      if (!whole && length < nextLook) return findings;
      const context = text.slice(Math.max(0, at - contextLength), at);
      const marked = readMarked(text.slice(at, lineEnd), context, whole);
      if (marked === undefined) {
        nextLook = length * 2;
        return findings;
      }
      nextLook = firstLook;
      findings.push(...marked.findings.map((finding) => ({ ...finding, line })));
      moveTo(at + marked.end);
    }
  }

  return { read };
}
