/**
 * Leaves a journal entry of each run in a file while the handler runs. It is all that remains when the
 * process dies: the next one in the same environment finds it and reports the failure.
 *
 * On the way to the handler, so one write and nothing else: the files are opened before, emptied
 * when a run is over, and used again.
 */
import { ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from '../../base/process-identity.ts';
import { watchCrash } from './crash-cause.ts';
import { type JournalEntry, type RawTask, stubFileName } from './journal-entry.ts';

/** The journal entry of one run. Nothing here throws. */
export interface RunStub {
  /** Writes down what has become known. */
  readonly add: (step: Partial<JournalEntry>) => void;
  /** The run is over and its report is safe: nothing remains. */
  readonly close: () => void;
}

export interface RunJournal {
  /** A run begins. Where nothing can be written its journal entry does nothing. */
  readonly open: (record: JournalEntry, parts?: JournalEntryParts) => RunStub;
  /** Tells all runs that are going on why the process is about to end; the first cause stands. */
  readonly crashed: (cause: string) => void;
  /** The process ends: writes down what is known of the runs whose reports are not safe. */
  readonly leave: () => void;
}

export interface JournalEntryParts {
  /** Whether nobody wants to hear of the run, when the process ends. */
  readonly isUnwanted?: () => boolean;
  /** What a report can be made of when the process has ended. */
  readonly raw?: () => RawTask;
  /** Tells somebody else of the run, who then hears all that is written down. */
  readonly link?: LinkRun;
}

/** A process that outlives this one and learns what the journal holds. */
export interface JournalFollower {
  readonly add: (step: Partial<JournalEntry>) => void;
  readonly close: () => void;
}

/** @param file - of the journal entry; undefined where nothing can be written */
export type LinkRun = (
  record: JournalEntry,
  file: string | undefined,
) => JournalFollower | undefined;

let shared: RunJournal | undefined;

/** The journal entries of this process, whose end is watched from now on. */
export function sharedJournal(folder: string): RunJournal {
  if (shared === undefined) {
    const stubs = createRunStubs(folder);
    watchCrash(stubs.crashed);
    process.on('exit', stubs.leave);
    shared = stubs;
  }
  return shared;
}

export function createRunStubs(folder: string): RunJournal {
  const free: JournalFile[] = [];
  const open = new Map<RunStub, JournalEntryParts>();
  const told = new WeakSet<RunStub>();
  const prepared = openFile(folder);
  if (prepared !== undefined) free.push(prepared);

  return {
    open(record, parts = {}) {
      const file = free.pop() ?? openFile(folder);
      let position = 0;
      let isOpen = true;
      const write = (step: Partial<JournalEntry>): boolean => {
        if (file === undefined) return false;
        try {
          // In front, because a disk that fills up may have cut the line before.
          position += writeSync(file.descriptor, `\n${JSON.stringify(step)}`, position);
          return true;
        } catch {
          // A full disk: what was written before remains.
          return false;
        }
      };
      const isWritten = write(record);
      // Whoever hears of the file takes an empty one for a run that is over.
      const linked = parts.link?.(record, isWritten ? file?.path : undefined);
      if (file === undefined && linked === undefined) return noStub;
      const stub: RunStub = {
        add(step) {
          if (!isOpen) return;
          write(step);
          // The end of the process does not wait until somebody has read much.
          if (step.raw === undefined) linked?.add(step);
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          open.delete(stub);
          linked?.close();
          if (file === undefined) return;
          try {
            ftruncateSync(file.descriptor, 0);
            free.push(file);
          } catch {
            // Not used again; the next run opens a file of its own.
          }
        },
      };
      open.set(stub, parts);
      return stub;
    },
    leave() {
      for (const [stub, { raw }] of open) if (raw) stub.add({ raw: raw() });
    },
    crashed(cause) {
      for (const [stub, { isUnwanted }] of open) {
        if (isUnwanted?.()) stub.close();
        else if (!told.has(stub)) stub.add({ crash: { cause, at: Date.now() } });
        told.add(stub);
      }
    },
  };
}

const noStub: RunStub = { add: () => undefined, close: () => undefined };

interface JournalFile {
  readonly path: string;
  readonly descriptor: number;
}

function openFile(folder: string): JournalFile | undefined {
  const identity = identityOf('self');
  if (identity === undefined) return undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, stubFileName(identity));
    return { path, descriptor: openSync(path, 'wx', 0o600) };
  } catch {
    return undefined;
  }
}
