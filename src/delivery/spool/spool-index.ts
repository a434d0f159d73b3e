import type { ReportFile } from './file-name.ts';

/** A file of the spool, as it is remembered. */
export interface Entry extends ReportFile {
  readonly name: string;
  readonly bytes: number;
}

/** What waits, in order: no file has to be opened to know which is next or gives way. */
export interface WaitingLine {
  readonly get: (idHash: string) => Entry | undefined;
  readonly add: (entry: Entry) => void;
  readonly remove: (entry: Entry) => void;
  /** The next ones to send: failures before successes, then the oldest first. */
  readonly inOrder: () => IterableIterator<Entry>;
  /** The one that gives way first: the oldest success, without successes the oldest failure. */
  readonly leastImportant: () => Entry | undefined;
  /** All that would have to give way before this one. */
  readonly before: (entry: Entry) => readonly Entry[];
  readonly count: () => number;
  readonly bytes: () => number;
  /** How many the log does not hold. */
  readonly unlogged: () => number;
}

export function createWaitingLine(): WaitingLine {
  const byId = new Map<string, Entry>();
  // Each is sorted by age at all times; to insert into two thousand costs microseconds.
  const failures: Entry[] = [];
  const successes: Entry[] = [];
  let bytes = 0;
  let unlogged = 0;

  const listOf = ({ isSuccess }: Entry): Entry[] => (isSuccess ? successes : failures);

  return {
    get: (idHash) => byId.get(idHash),

    add(entry) {
      const list = listOf(entry);
      list.splice(placeOf(entry, list), 0, entry);
      byId.set(entry.idHash, entry);
      bytes += entry.bytes;
      if (!entry.isLogged) unlogged += 1;
    },

    remove(entry) {
      const list = listOf(entry);
      const place = placeOf(entry, list);
      if (list[place] !== entry) return;
      list.splice(place, 1);
      byId.delete(entry.idHash);
      bytes -= entry.bytes;
      if (!entry.isLogged) unlogged -= 1;
    },

    *inOrder() {
      // A copy, because the one who walks along it removes what turns out to be damaged.
      yield* [...failures, ...successes];
    },

    leastImportant: () => successes[0] ?? failures[0],

    before(entry) {
      const older = listOf(entry).slice(0, placeOf(entry, listOf(entry)));
      return entry.isSuccess ? older : [...successes, ...older];
    },

    count: () => byId.size,
    bytes: () => bytes,
    unlogged: () => unlogged,
  };
}

/** Where an entry is, or belongs. */
function placeOf(entry: Entry, list: readonly Entry[]): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = list[middle];
    if (other !== undefined && isOlder(other, entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isOlder(one: Entry, other: Entry): boolean {
  if (one.since !== other.since) return one.since < other.since;
  return one.written < other.written;
}
