/** Logs that reports are lost. Always at ERROR: no log level but `silent` may hide a loss. */
import type { Log } from '../../base/log.ts';
import type { ReportFile } from '../spool/file-name.ts';
import type { PendingReport } from '../spool/spool.ts';
import { undeliveredReport } from './dead-letter-line.ts';

/** Logs a report that is given up, with all that is needed to send it again. */
export function logDeadLetter(
  log: Log,
  agentId: string,
  { report, attempts, reason }: Pick<PendingReport, 'report' | 'attempts' | 'reason'>,
): void {
  log.error(undeliveredReport(agentId, report, { attempts, reason }));
}

/** Logs a report that cannot be sent again, because its file in the spool is damaged. */
export function logDamagedReport(
  log: Log,
  { isSuccess, since }: Pick<ReportFile, 'isSuccess' | 'since'>,
): void {
  const outcome = isSuccess ? 'successful' : 'failed';
  const time = new Date(since).toISOString();
  log.error(
    `undelivered report lost: the file that kept the report of a ${outcome} task since ${time} is damaged.`,
  );
}

/** Logs a task that cannot be reported, because the journal entry that its process left is damaged. */
export function logDamagedEntry(log: Log): void {
  log.error('undelivered report lost: the journal entry of a task whose process died is damaged.');
}

/**
 * Logs how many reports are about to be logged. The process may be killed before it has logged them
 * all: this line says how many there should be.
 */
export function logWaitingCount(log: Log, count: number): void {
  log.error(
    `undelivered reports: ${count} are logged next, because the environment ends. Those that are missing are lost.`,
  );
}

/** Logs how many reports end with the environment, because there was no time to log each of them. */
export function logLostCount(log: Log, count: number): void {
  if (count <= 0) return;
  log.error(
    `undelivered reports lost: ${count} could not be logged in time, and end with the environment.`,
  );
}
