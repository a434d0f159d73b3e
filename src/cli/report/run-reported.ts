/** Runs a command as if it was called directly, and reports how it went. */

import { createLog } from '../../base/log.ts';
import { readBoolean } from '../../config/environment.ts';
import { XpanderError } from '../../errors.ts';
import { createRedactor } from '../../report/redaction/redact.ts';
import { adviceFor, sayError } from '../shared/exit-codes.ts';
import type { PlatformFlags } from '../shared/platform-access.ts';
import type { ReportFields } from './report-fields.ts';
import { type CommandRun, runCommand } from './run-command.ts';
import { sendReport } from './send-report.ts';

/**
 * Sets the command's exit code, whatever becomes of the report: a job is not to fail because its
 * report does.
 *
 * @param report - what is known beforehand
 */
export async function runReported(
  command: readonly [string, ...string[]],
  report: ReportFields,
  flags: PlatformFlags,
): Promise<void> {
  const run = await runCommand(command);
  process.exitCode = run.exitCode;
  if (run.problem !== undefined) sayError(run.problem);
  if (readBoolean(process.env, 'disabled', createLog('warn').warn)) return;
  try {
    await sendReport(reportOf(command, run, report), flags);
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    sayError(`The run of '${command[0]}' is not reported. ${error.message}${adviceFor(error)}`);
  }
}

function reportOf(command: readonly string[], run: CommandRun, report: ReportFields): ReportFields {
  const { redactText } = createRedactor([]);
  return {
    ...report,
    input: report.input ?? redactText(command.map(quoted).join(' ')),
    result: redactText(run.exitCode === 0 ? run.output : failureText(run)),
    isSuccess: run.exitCode === 0,
    duration: run.durationSeconds,
  };
}

function failureText({ problem, ended, errorOutput, output }: CommandRun): string {
  return [problem ?? ended, errorOutput || output].filter(Boolean).join('\n');
}

/** As one would type it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
