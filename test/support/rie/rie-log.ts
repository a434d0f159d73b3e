/** Reads the emulator's own log, in which each call of its APIs has a line. */

/** A call that the emulator took. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  /** Epoch milliseconds, by the emulator's clock, which is this machine's. */
  readonly at: number;
}

/** An event that the emulator handed out. */
export interface InvokeStart {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** @returns undefined for every other line */
export function readApiCall(line: string): ApiCall | undefined {
  const [, method = '', path = ''] = / API request - (\S+) (\S+?),/.exec(line) ?? [];
  const at = timeOf(line);
  return at === undefined || method === '' ? undefined : { method, path, at };
}

/** @returns undefined for every other line */
export function readInvokeStart(line: string): InvokeStart | undefined {
  const [, requestId] = / INVOKE START\(requestId: ([^)]+)\)/.exec(line) ?? [];
  const at = timeOf(line);
  return at === undefined || requestId === undefined ? undefined : { requestId, at };
}

/** @returns undefined for a line that is not the emulator's own */
function timeOf(line: string): number | undefined {
  const [, second, milliseconds] =
    /^(\d+ \w+ \d+ [\d:]+),(\d{3}) \[\w+\] \(rapid\)/.exec(line) ?? [];
  if (second === undefined) return undefined;
  return Date.parse(`${second} UTC`) + Number(milliseconds);
}
