/** The names of the spool's files: all that has to be known of a report before it is read. */
import { createHash } from 'node:crypto';

/** What the name of a report's file says. */
export interface ReportFile {
  readonly isSuccess: boolean;
  /** Since when the report waits, in epoch milliseconds. */
  readonly since: number;
  /** Grows with each file that is written; of two with the same id the greater one counts. */
  readonly written: number;
  readonly idHash: string;
  /** Whether the log holds the report: it is sent all the same, and not logged again. */
  readonly isLogged: boolean;
}

/** Half of a SHA-256: an id may be long and hold what a file name cannot. */
export function hashId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}

/** For instance `report-f-001790000000000-001790000000042-<hash>.json`. */
export function reportFileName(file: ReportFile): string {
  const { isSuccess, since, written, idHash, isLogged } = file;
  const order = `${isSuccess ? 's' : 'f'}-${digits(since)}-${digits(written)}`;
  return `report-${order}-${idHash}${isLogged ? '.logged' : ''}.json`;
}

const pattern = /^report-([sf])-(\d{15})-(\d{15})-([0-9a-f]{32})(\.logged)?\.json$/;

/** @returns undefined for a name that is not ours */
export function parseReportFileName(name: string): ReportFile | undefined {
  const [, priority, since, written, idHash, logged] = pattern.exec(name) ?? [];
  if (idHash === undefined) return undefined;
  return {
    isSuccess: priority === 's',
    since: Number(since),
    written: Number(written),
    idHash,
    isLogged: logged !== undefined,
  };
}

/** A number as it comes back from a name. */
export function inName(value: number): number {
  // Fifteen digits last for thirty thousand years, and a stranger's file cannot exhaust them.
  return Number.isFinite(value) ? Math.min(999_999_999_999_999, Math.max(0, Math.floor(value))) : 0;
}

function digits(value: number): string {
  return String(inName(value)).padStart(15, '0');
}

/**
 * The name under which a file is written before it gets its own.
 *
 * @param writer - identity of the process; undefined where it has none
 */
export function unfinishedFileName(writer: string | undefined): string {
  return `unfinished-${writer ?? '0-0'}-${Math.random().toString(36).slice(2)}.tmp`;
}

/** The identity of the process that began to write it; undefined for a name that is not ours. */
export function writerOf(name: string): string | undefined {
  return /^unfinished-(\d+-\d+)-[a-z0-9]+\.tmp$/.exec(name)?.[1];
}
