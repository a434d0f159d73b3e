import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A report that waits to be sent. What it says lies in a file: exports can be large. */
export interface BacklogEntry {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** Line of the export. */
  readonly line: number;
  /** When the line was written, in epoch milliseconds; undefined where it does not say. */
  readonly time: number | undefined;
}

/** The reports of an export, one for each run. */
export interface Backlog {
  /** Adds a report; of several of the same run the latest stays. */
  add(entry: BacklogEntry, json: string): Promise<void>;
  /** In the order of the export. */
  entries(): BacklogEntry[];
  /** The JSON of the line that the entry was read from. */
  json(entry: BacklogEntry): Promise<string>;
  /** How many reports gave way to another of the same run. */
  readonly superseded: number;
  close(): Promise<void>;
}

/** Opens an empty backlog. Its file has no name, so that nothing of it is left behind. */
export async function openBacklog(): Promise<Backlog> {
  const directory = await mkdtemp(join(tmpdir(), 'xpander-replay-'));
  const file = await open(join(directory, 'backlog'), 'wx+', 0o600);
  await rm(directory, { recursive: true, force: true });
  const byRun = new Map<string, BacklogEntry>();
  const places = new Map<BacklogEntry, { readonly start: number; readonly length: number }>();
  let size = 0;
  let superseded = 0;

  function replaced(entry: BacklogEntry, run: string): boolean {
    const earlier = byRun.get(run);
    if (earlier === undefined) return true;
    superseded += 1;
    if (isOlder(entry, earlier)) return false;
    // Taken out first, so that the entry stands where its own line is.
    byRun.delete(run);
    places.delete(earlier);
    return true;
  }

  return {
    async add(entry, json) {
      const run = JSON.stringify([entry.agentId, entry.id]);
      if (!replaced(entry, run)) return;
      const bytes = Buffer.from(json);
      await file.write(bytes, 0, bytes.length, size);
      byRun.set(run, entry);
      places.set(entry, { start: size, length: bytes.length });
      size += bytes.length;
    },
    entries: () => [...byRun.values()],
    async json(entry) {
      const { start, length } = places.get(entry) ?? { start: 0, length: 0 };
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      return buffer.toString();
    },
    get superseded() {
      return superseded;
    },
    close: () => file.close(),
  };
}

/** Some exports are sorted newest first; only where no time is known the order tells. */
function isOlder(entry: BacklogEntry, other: BacklogEntry): boolean {
  return entry.time !== undefined && other.time !== undefined && entry.time < other.time;
}
