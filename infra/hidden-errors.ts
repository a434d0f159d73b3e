import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { propertiesOf } from './rendered-function.ts';

/** The function's application log level if it hides errors; otherwise undefined. */
export function logLevelHidingErrors(fn: LambdaFunction): string | undefined {
  const { LoggingConfig } = propertiesOf(fn);
  // Lambda filters only JSON logs.
  const { LogFormat, ApplicationLogLevel } = Object(LoggingConfig);
  const hidesErrors = LogFormat === 'JSON' && String(ApplicationLogLevel).toUpperCase() === 'FATAL';
  return hidesErrors ? ApplicationLogLevel : undefined;
}
