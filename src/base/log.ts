/** Writes this package's lines to the function's log. */

/** Minimum severity of log lines; `silent` logs nothing. */
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
 * Creates a log that writes each message as one line.
 *
 * @param print - writes one line @default the console, to which Lambda's runtime adds time and
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
      // User code has replaced the console and it throws: there is no other place to log.
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
