/** Whether the function's log shows the reports that are lost. */
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, warning } from './finding.ts';
import { quoted, updateFunction } from './fix-commands.ts';

export function checkLogging(fn: DeployedFunction): Finding {
  const { LogFormat = 'Text', ApplicationLogLevel = 'INFO' } = fn.logging;
  // Lambda filters JSON logs only.
  if (LogFormat !== 'JSON')
    return ok('logging', 'The log is text and shows reports that are lost.');
  if (ApplicationLogLevel !== 'FATAL') {
    return ok(
      'logging',
      `The log is JSON from ${ApplicationLogLevel} on and shows reports that are lost.`,
    );
  }
  // The whole configuration, as an update may reset what it leaves out.
  const visible = { ...fn.logging, ApplicationLogLevel: 'ERROR' };
  return warning(
    'logging',
    'The log level FATAL hides errors. A report that is lost is logged at ERROR, with all that is needed to send it again: raise the detail to ERROR, or it is lost without a trace.',
    updateFunction(fn, `--logging-config ${quoted(JSON.stringify(visible))}`),
  );
}
