/** The lines that this package writes into the function's log. */

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** From which severity on lines are written; `silent` writes none. */
export type LogLevel = (typeof logLevels)[number];

export interface Log {
  /** Whether lines of this severity are written. */
  readonly writes: (level: Exclude<LogLevel, 'silent'>) => boolean;
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

/** A log on the console, which in Lambda adds time and request id. Each message is one line. */
export function createLog(level: LogLevel): Log {
  const writes: Log['writes'] = (of) => logLevels.indexOf(of) >= logLevels.indexOf(level);
  const writer = (of: Exclude<LogLevel, 'silent'>) => (message: string) => {
    if (writes(of)) console[of](`[xpander-lambda] ${message.replace(/[\r\n]+/g, ' ')}`);
  };
  return {
    writes,
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}
