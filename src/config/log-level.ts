import { type LogLevel, logLevels } from '../base/log.ts';
import { type Environment, readVariable } from './environment.ts';

/** The log level of the environment; undefined if it is not set or unknown. */
export function readLogLevel(environment: Environment): LogLevel | undefined {
  const text = readVariable(environment, 'logLevel')?.toLowerCase();
  return logLevels.find((level) => level === text);
}
