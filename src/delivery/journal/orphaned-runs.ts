/** Finds the journal entries of processes that have died, and says what became of their runs. */
import { lstatSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../base/process-identity.ts';
import { type JournalEntry, parseStub, writerOf } from './journal-entry.ts';

/** A run whose process died before its report was safe. */
export interface OrphanedTask {
  readonly stub: JournalEntry;
  /** Takes the journal entry away; called when its report is safe. */
  readonly forget: () => void;
}

// A journal entry holds a report, which `maxBytes` bounds; more than this was not written here.
const mostBytes = 64 * 1024 * 1024;

/**
 * All that dead processes have left in the folder. Other files of theirs are removed.
 *
 * @param onDamaged - called for each file that holds something else. @default nothing is called
 */
export function findOrphanedTasks(
  folder: string,
  onDamaged: () => void = () => undefined,
): readonly OrphanedTask[] {
  return namesIn(folder).flatMap((name) => {
    const writer = writerOf(name);
    if (writer === undefined || isRunning(writer)) return [];
    const file = join(folder, name);
    const forget = (): void => removeJournalEntry(file);
    const stub = readJournalEntry(file);
    if (stub !== undefined) return [{ stub, forget }];
    // A file that is not needed any more is emptied.
    if (stubSize(file) > 0) onDamaged();
    forget();
    return [];
  });
}

/** What to say of it, and what is known of its time. */
export interface OrphanOutcome {
  readonly isSuccess: boolean;
  /** Of the error. @default 'ProcessEndedError' */
  readonly name?: string;
  readonly text: string;
  readonly durationSeconds: number;
}

/**
 * When its attempt ended, in epoch milliseconds: when it began where nobody knows, as a later
 * attempt begins after that as well.
 */
export function endOf({ startedAt, ended, crash }: JournalEntry): number {
  return ended?.at ?? crash?.at ?? startedAt;
}

/** @param now - epoch milliseconds */
export function outcomeOf(
  { startedAt, deadlineMs, ended, crash }: JournalEntry,
  now: number,
): OrphanOutcome {
  const lasted = (until: number): number => Math.max(0, until - startedAt) / 1_000;
  if (ended !== undefined) {
    const text = 'Lambda had the response, but the process ended before it was reported.';
    return { isSuccess: ended.isSuccess, text, durationSeconds: lasted(ended.at) };
  }
  if (crash !== undefined) {
    return { isSuccess: false, text: crash.cause, durationSeconds: lasted(crash.at) };
  }
  if (deadlineMs !== undefined && now >= deadlineMs) {
    const seconds = lasted(deadlineMs).toFixed(1);
    const text = `The process was ended before Lambda had a response: the run timed out after ${seconds} s, or the process was killed, for instance for lack of memory.`;
    return { isSuccess: false, text, durationSeconds: lasted(deadlineMs) };
  }
  const text =
    'The process was killed before Lambda had a response, for instance for lack of memory.';
  return { isSuccess: false, text, durationSeconds: 0 };
}

/** Whether the platform has all that is to be said: that the run timed out. */
export function isReportedWell({ isReported, ended }: JournalEntry): boolean {
  return isReported === true && ended === undefined;
}

/**
 * Whether the run's success has to replace its own report of a timeout. Nobody repeats a run of
 * which Lambda had the response, so no record of the platform is that of a later attempt.
 */
export function correctsTimeout({ isReported, ended }: JournalEntry): boolean {
  return isReported !== undefined && ended?.isSuccess === true;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** In bytes; 0 for a file that is not there. */
export function stubSize(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The journal entry in a file, if it holds one. */
export function readJournalEntry(file: string): JournalEntry | undefined {
  try {
    const { size } = lstatSync(file);
    return lstatSync(file).isFile() && size <= mostBytes
      ? parseStub(readFileSync(file, 'utf8'))
      : undefined;
  } catch {
    return undefined;
  }
}

export function removeJournalEntry(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Another process was faster.
  }
}
