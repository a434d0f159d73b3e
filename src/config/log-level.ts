import { type LogLevel, logLevels } from '../base/log.ts';
import { type Environment, readVariable } from './environment.ts';

/** The level that the environment sets; undefined if it sets none, or one that does not exist. */
export function readLogLevel(environment: Environment): LogLevel | undefined {
  const text = readVariable(environment, 'logLevel')?.toLowerCase();
  return logLevels.find((level) => level === text);
}
