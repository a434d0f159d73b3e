/** Runs a command as if it were called directly, and reports it as a task. */

import { createLog } from '../../base/log.ts';
import { readBoolean } from '../../config/environment.ts';
import { XpanderError } from '../../errors.ts';
import { createRedactor } from '../../report/redaction/redact.ts';
import { errorHint, printError } from '../shared/exit-codes.ts';
import type { PlatformFlags } from '../shared/platform-access.ts';
import { shellQuote } from '../shared/shell-quote.ts';
import type { ReportFields } from './report-fields.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { sendReport } from './send-report.ts';

/**
 * Sets the exit code of the command even if the report fails, so that reporting cannot fail a job.
 *
 * @param report - fields from the flags
 */
export async function runAndReport(
  command: readonly [string, ...string[]],
  report: ReportFields,
  flags: PlatformFlags,
): Promise<void> {
  const result = await runCommand(command);
  process.exitCode = result.exitCode;
  if (result.startError !== undefined) printError(result.startError);
  if (readBoolean(process.env, 'disabled', createLog('warn').warn)) return;
  try {
    await sendReport(buildReport(command, result, report), flags);
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    printError(`'${command[0]}' was not reported. ${error.message}${errorHint(error)}`);
  }
}

function buildReport(
  command: readonly string[],
  result: CommandResult,
  report: ReportFields,
): ReportFields {
  const { redactText } = createRedactor([]);
  return {
    ...report,
    input: report.input ?? redactText(command.map(shellQuote).join(' ')),
    result: redactText(result.exitCode === 0 ? result.output : failureText(result)),
    isSuccess: result.exitCode === 0,
    duration: result.durationSeconds,
  };
}

function failureText({ startError, outcome, errorOutput, output }: CommandResult): string {
  return [startError ?? outcome, errorOutput || output].filter(Boolean).join('\n');
}
