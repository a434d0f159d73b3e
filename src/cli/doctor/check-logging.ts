/** Checks whether undelivered reports are visible in the function's log. */
import { shellQuote } from '../shared/shell-quote.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { type Finding, ok, warning } from './finding.ts';
import { updateFunction } from './fix-commands.ts';

export function checkLogging(fn: DeployedFunction): Finding {
  const { LogFormat = 'Text', ApplicationLogLevel = 'INFO' } = fn.logging;
  // Lambda filters JSON logs only.
  if (LogFormat !== 'JSON')
    return ok('logging', 'Undelivered reports are visible in the text log.');
  if (ApplicationLogLevel !== 'FATAL') {
    return ok(
      'logging',
      `Undelivered reports are visible in the JSON log at level ${ApplicationLogLevel}.`,
    );
  }
  // Includes the whole configuration because an update can reset omitted settings.
  const loggingConfig = { ...fn.logging, ApplicationLogLevel: 'ERROR' };
  return warning(
    'logging',
    'The log level FATAL hides undelivered reports. They are logged at level ERROR so that they can be resent; with FATAL they are lost. Set the log level to ERROR.',
    updateFunction(fn, `--logging-config ${shellQuote(JSON.stringify(loggingConfig))}`),
  );
}
