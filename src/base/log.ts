/** The lines that this package writes into the function's log. */

/** From which severity on lines are written into the function's log; `silent` writes none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

export interface Log {
  readonly debug: (message: string) => void;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string) => void;
}

export type Severity = Exclude<LogLevel, 'silent'>;

/**
 * Creates a log in which each message is one line.
 *
 * @param print - writes one line; the console by default, to which Lambda's runtime adds time and
 *   request id
 */
export function createLog(
  level: LogLevel,
  print: (severity: Severity, line: string) => void = (severity, line) => console[severity](line),
): Log {
  const writer = (severity: Severity) => (message: string) => {
    if (logLevels.indexOf(severity) < logLevels.indexOf(level)) return;
    try {
      print(severity, `[xpander-lambda] ${message.replace(/[\r\n]+/g, ' ')}`);
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

const warned = new Set<string>();

/** Warns, once in this process, of something that holds for the process as a whole. */
export function warnOnce(log: Pick<Log, 'warn'>, message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  log.warn(message);
}
