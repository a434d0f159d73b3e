import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import { readJournalEntry, stubSize } from '../../delivery/journal/orphaned-runs.ts';

/**
 * What the process wrote last, which it may have had no time to send. Undefined when it has nothing
 * more to say: its file was emptied, and may hold another run.
 */
export function latestRecord(
  told: JournalEntry,
  file: string | undefined,
): JournalEntry | undefined {
  if (file === undefined) return told;
  const written = readJournalEntry(file);
  // Cut by a full disk.
  if (written === undefined && stubSize(file) > 0) return told;
  return written?.id === told.id ? { ...told, ...written } : undefined;
}
