/** Keeps undelivered reports in a folder until the platform takes them. */

import {
  hashId,
  inName,
  parseReportFileName,
  type ReportFile,
  reportFileName,
} from './file-name.ts';
import { createFolder } from './spool-folder.ts';
import { createWaitingLine, type Entry, type WaitingLine } from './spool-index.ts';
import { type PendingReport, parseWaitingReport, waitingReportText } from './spooled-report.ts';

export type { PendingReport };

/**
 * Reports that wait, one file each. Nothing here throws: a disk that is full or cannot be written
 * keeps nothing, and says so.
 */
export interface Spool {
  /**
   * Keeps a report in place of an older one with the same id.
   *
   * @returns what was given up for it, or for lack of room, and is in no file any more. It may be
   *   the report itself.
   */
  readonly keep: (waiting: PendingReport) => readonly PendingReport[];
  /** Forgets the report with this id. */
  readonly remove: (id: string) => void;
  /** The next ones to send: failures before successes, then the oldest first. They stay kept. */
  readonly next: (count: number) => readonly PendingReport[];
  /** The next ones that the log does not hold. They stay kept. */
  readonly nextUnlogged: (count: number) => readonly PendingReport[];
  /** The log holds the report with this id, which stays kept. */
  readonly markLogged: (id: string) => void;
  /** Looks for files that another process has left since. */
  readonly lookAgain: () => void;
  readonly size: () => { readonly count: number; readonly bytes: number };
  /** How many the log does not hold. */
  readonly unlogged: () => number;
}

export interface SpoolOptions {
  /** Made when the first report is kept, for this user alone. Processes may share it. */
  readonly folder: string;
  /**
   * Most bytes of all files together, for each process.
   * @default 64 MiB, an eighth of the smallest /tmp
   */
  readonly maxBytes?: number;
  /**
   * Most reports, for each process.
   * @default 2000, what the platform takes in 20 minutes
   */
  readonly maxCount?: number;
  /**
   * Until when others than this process may have left files, in epoch milliseconds: those written
   * since belong to workers beside it. @default no limit
   */
  readonly leftUntil?: number | undefined;
  /** Called with each report that is lost because its file is damaged. */
  readonly onDamaged?: (file: ReportFile) => void;
}

const dayMs = 24 * 60 * 60 * 1_000;

export function createSpool(options: SpoolOptions): Spool {
  const { folder: path, maxBytes = 64 * 1024 * 1024, maxCount = 2_000, onDamaged } = options;
  let { leftUntil = Number.POSITIVE_INFINITY } = options;
  const folder = createFolder(path, maxBytes);
  let opened: WaitingLine | undefined;
  let lastWritten = 0;

  /**
   * The folder is listed once, until somebody knows of more: a function with a backlog must not do
   * it in each invocation.
   */
  const line = (): WaitingLine => {
    if (opened !== undefined) return opened;
    opened = createWaitingLine();
    for (const { name, bytes } of folder.list((file) => parseReportFileName(file) !== undefined)) {
      const file = parseReportFileName(name);
      if (file === undefined || file.written > leftUntil) continue;
      // A name of the far future is not of ours, and must not use the numbers up.
      lastWritten = Math.max(lastWritten, Math.min(file.written, Date.now() + dayMs));
      const other = opened.get(file.idHash);
      if (other !== undefined) {
        // The process died between writing the new one and removing the old one.
        const old = other.written < file.written ? other.name : name;
        folder.remove(old);
        if (old === name) continue;
        opened.remove(other);
      }
      opened.add({ ...file, name, bytes });
    }
    return opened;
  };

  const forget = (entry: Entry): void => {
    line().remove(entry);
    folder.remove(entry.name);
  };

  const load = (entry: Entry): PendingReport | undefined => {
    const content = folder.read(entry.name);
    if (content.kind === 'unreadable') return undefined;
    const waiting = content.kind === 'text' ? parseWaitingReport(content.text) : undefined;
    if (waiting !== undefined && isNamedAfter(waiting, entry)) {
      return entry.isLogged ? { ...waiting, isLogged: true } : waiting;
    }
    if (content.kind !== 'gone') onDamaged?.(entry);
    forget(entry);
    return undefined;
  };

  const fits = (entry: Entry, replaced: Entry | undefined): boolean => {
    const gone = [...line().before(entry), ...(replaced === undefined ? [] : [replaced])];
    const freed = new Set(gone);
    let bytes = line().bytes() + entry.bytes;
    for (const { bytes: of } of freed) bytes -= of;
    return bytes <= maxBytes && line().count() + 1 - freed.size <= maxCount;
  };

  const makeRoom = (): readonly PendingReport[] => {
    const givenUp: PendingReport[] = [];
    while (line().bytes() > maxBytes || line().count() > maxCount) {
      const entry = line().leastImportant();
      if (entry === undefined) break;
      const waiting = load(entry);
      line().remove(entry);
      // What cannot be read now stays in the folder for the next process. What is gone was taken
      // by another one, which answers for it.
      if (waiting !== undefined && folder.remove(entry.name)) givenUp.push(waiting);
    }
    return givenUp;
  };

  const nextOf = (count: number, isWanted: (entry: Entry) => boolean): PendingReport[] => {
    const found: PendingReport[] = [];
    for (const entry of line().inOrder()) {
      if (found.length >= count) break;
      const waiting = isWanted(entry) ? load(entry) : undefined;
      if (waiting !== undefined) found.push(waiting);
    }
    return found;
  };

  return {
    keep(waiting) {
      const { id, is_success: isSuccess } = waiting.report;
      const text = waitingReportText(waiting);
      // Without an id the same report, sent twice, would be two records.
      if (id === null || text === undefined) return [waiting];
      const idHash = hashId(id);
      const replaced = line().get(idHash);
      // Never less than the one before, whatever happens to the clock.
      lastWritten = inName(Math.max(Date.now(), lastWritten + 1));
      const since = inName(waiting.since);
      // The same report, kept again after a try during which it was logged.
      const isSame = replaced?.since === since && replaced.isSuccess === isSuccess;
      const isLogged = waiting.isLogged ?? (isSame && replaced.isLogged);
      const file = { isSuccess, since, written: lastWritten, idHash, isLogged };
      const name = reportFileName(file);
      const entry: Entry = { ...file, name, bytes: Buffer.byteLength(text) };
      const isKept = fits(entry, replaced) && folder.write(name, text);
      // Also when the new one is not kept: what it says must not be undone by the old one.
      if (replaced !== undefined) forget(replaced);
      if (isKept) line().add(entry);
      // Last, so that a death in between leaves one too many instead of one too few.
      return isKept ? makeRoom() : [...makeRoom(), waiting];
    },

    remove(id) {
      const entry = line().get(hashId(id));
      if (entry !== undefined) forget(entry);
    },

    next: (count) => nextOf(count, () => true),

    nextUnlogged: (count) => nextOf(count, ({ isLogged }) => !isLogged),

    markLogged(id) {
      const entry = line().get(hashId(id));
      if (entry === undefined || entry.isLogged) return;
      const file = { ...entry, isLogged: true };
      const name = reportFileName(file);
      if (!folder.rename(entry.name, name)) return;
      line().remove(entry);
      line().add({ ...file, name });
    },

    lookAgain() {
      leftUntil = Number.POSITIVE_INFINITY;
      opened = undefined;
    },

    size: () => ({ count: line().count(), bytes: line().bytes() }),
    unlogged: () => line().unlogged(),
  };
}

/** A file that a stranger left under one of our names says something else. */
function isNamedAfter({ report }: PendingReport, { idHash, isSuccess }: Entry): boolean {
  return report.id !== null && hashId(report.id) === idHash && report.is_success === isSuccess;
}
