/** Learns why the process ends without changing how it ends. */

/**
 * Calls back, synchronously, when an error ends the process or somebody exits it.
 *
 * @param tell - must not throw; called with a text for people. The first text says most: an exit
 *   may follow an error, which the process may also survive.
 */
export function watchCrash(tell: (cause: string) => void): void {
  // A listener of 'uncaughtException' or 'unhandledRejection' would keep the process alive.
  process.on('uncaughtExceptionMonitor', (error: unknown, origin) => {
    const what = origin === 'unhandledRejection' ? 'An unhandled rejection' : 'An uncaught error';
    tell(`${what} ended the process: ${textOf(error)}`);
  });
  // On Node 22 Lambda's client hears rejections itself, and ends the process. It is there first;
  // without it a listener would keep the process alive.
  if (process.listenerCount('unhandledRejection') > 0) {
    process.on('unhandledRejection', (reason) => {
      tell(`An unhandled rejection ended the process: ${textOf(reason)}`);
    });
  }
  let isDry = false;
  process.on('beforeExit', () => {
    isDry = true;
    // Should a listener find something to do, this runs as well.
    setImmediate(() => {
      isDry = false;
    }).unref();
  });
  process.on('exit', (code) => {
    tell(
      isDry
        ? 'The process ended without a response: nothing was left to do, and the promise of the handler had not settled.'
        : `The process exited with code ${code} before Lambda had a response.`,
    );
  });
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? String(error)) : String(error);
  } catch {
    return 'something that cannot be read';
  }
}
