/**
 * The sentinel's log. Lambda's runtime formats and filters what the function logs, but takes the
 * output of an extension as it is: here the sentinel does both, so that the two logs look alike.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */

import { createLog, type Log } from '../../base/log.ts';
import type { Environment } from '../../config/environment.ts';
import { type LogLevel, logLevels } from '../../config/option-values.ts';

/** @param level - our own; where logs are JSON, that of Lambda (`AWS_LAMBDA_LOG_LEVEL`) applies too */
export function createExtensionLog(level: LogLevel, environment: Environment): Log {
  if (environment['AWS_LAMBDA_LOG_FORMAT']?.toUpperCase() !== 'JSON') return createLog(level);
  return createLog(stricter(level, lambdaLevel(environment)), (severity, message) => {
    const timestamp = new Date().toISOString();
    console[severity](JSON.stringify({ timestamp, level: severity.toUpperCase(), message }));
  });
}

function lambdaLevel(environment: Environment): LogLevel {
  const level = environment['AWS_LAMBDA_LOG_LEVEL']?.toLowerCase();
  // Nothing is logged at FATAL here, so that level hides everything.
  if (level === 'fatal') return 'silent';
  return logLevels.find((known) => known === level) ?? 'debug';
}

function stricter(one: LogLevel, other: LogLevel): LogLevel {
  return logLevels.indexOf(one) > logLevels.indexOf(other) ? one : other;
}
