import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A report to be sent. Its content stays in a file because exports can be large. */
export interface BacklogEntry {
  readonly agentId: string;
  readonly id: string;
  readonly isSuccess: boolean;
  /** Line number in the export, from 1. */
  readonly line: number;
  /** When the line was logged, in epoch milliseconds; undefined if unknown. */
  readonly time: number | undefined;
}

/** The reports of an export, one for each task. */
export interface Backlog {
  /** Adds a report. Only the latest report of each task is kept. */
  add(entry: BacklogEntry, json: string): Promise<void>;
  /** The entries in the order of the export. */
  entries(): BacklogEntry[];
  /** Reads the JSON of an entry's line. */
  json(entry: BacklogEntry): Promise<string>;
  /** The number of reports that a later report of the same task replaced. */
  readonly superseded: number;
  close(): Promise<void>;
}

/** Opens an empty backlog. Its file is unlinked at once, so nothing is left behind after a crash. */
export async function openBacklog(): Promise<Backlog> {
  const directory = await mkdtemp(join(tmpdir(), 'xpander-replay-'));
  const file = await open(join(directory, 'backlog'), 'wx+', 0o600);
  await rm(directory, { recursive: true, force: true });
  const byTask = new Map<string, BacklogEntry>();
  const locations = new Map<BacklogEntry, { readonly start: number; readonly length: number }>();
  let size = 0;
  let superseded = 0;

  /** Whether the entry is the latest of its task; removes the one that it replaces. */
  function isLatest(entry: BacklogEntry, taskKey: string): boolean {
    const previous = byTask.get(taskKey);
    if (previous === undefined) return true;
    superseded += 1;
    if (isOlder(entry, previous)) return false;
    // A map keeps the position of a replaced key; deleting it first moves the entry to the end.
    byTask.delete(taskKey);
    locations.delete(previous);
    return true;
  }

  return {
    async add(entry, json) {
      const taskKey = JSON.stringify([entry.agentId, entry.id]);
      if (!isLatest(entry, taskKey)) return;
      const bytes = Buffer.from(json);
      await file.write(bytes, 0, bytes.length, size);
      byTask.set(taskKey, entry);
      locations.set(entry, { start: size, length: bytes.length });
      size += bytes.length;
    },
    entries: () => [...byTask.values()],
    async json(entry) {
      const { start, length } = locations.get(entry) ?? { start: 0, length: 0 };
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      return buffer.toString();
    },
    get superseded() {
      return superseded;
    },
    close: () => file.close(),
  };
}

/** Compares log times because some exports are sorted newest first. */
function isOlder(entry: BacklogEntry, other: BacklogEntry): boolean {
  return entry.time !== undefined && other.time !== undefined && entry.time < other.time;
}
