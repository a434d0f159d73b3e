/** The lines that this package writes into the function's log. */

import { type LogLevel, logLevels } from './option-values.ts';

export interface Log {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/** A log on the console, which in Lambda adds time and request id. Each message is one line. */
export function createLog(level: LogLevel): Log {
  const writer = (of: Exclude<LogLevel, 'silent'>) => (message: string) => {
    if (logLevels.indexOf(of) < logLevels.indexOf(level)) return;
    try {
      console[of](`[xpander-lambda] ${message.replace(/[\r\n]+/g, ' ')}`);
    } catch {
      // A console that was replaced by one that throws: there is nowhere left to say so.
    }
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}
