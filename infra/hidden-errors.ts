import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { propertiesOf } from './rendered-function.ts';

/** Lambda's log level of a function, where it hides errors; undefined where it shows them. */
export function levelHidingErrors(fn: LambdaFunction): string | undefined {
  const { LoggingConfig } = propertiesOf(fn);
  // Lambda filters JSON logs only.
  const { LogFormat, ApplicationLogLevel } = Object(LoggingConfig);
  const hidesErrors = LogFormat === 'JSON' && String(ApplicationLogLevel).toUpperCase() === 'FATAL';
  return hidesErrors ? ApplicationLogLevel : undefined;
}
