/** Keeps internal errors away from the function: each is logged and goes no further. */
import type { Log } from '../base/log.ts';

/** Returns the result of the work, or undefined if it fails. */
export function contained<T>(log: Log, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    logInternalError(log, error);
    return undefined;
  }
}

/** Returns a function that does the same and logs errors instead of throwing them. */
export function neverThrowing<Arguments extends unknown[]>(
  work: (...given: Arguments) => unknown,
  logError: (error: unknown) => void,
): (...given: Arguments) => void {
  return (...given) => {
    try {
      work(...given);
    } catch (error) {
      logError(error);
    }
  };
}

export function logInternalError(log: Log, error: unknown): void {
  let what = 'something that cannot be read';
  try {
    what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // Thrown by an object of the user's own making; that it happened is all there is to log.
  }
  log.error(`a task is not reported because of an internal error: ${what}`);
}
