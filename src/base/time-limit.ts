/** A signal that aborts work after a timeout, or when another signal aborts. */
export interface TimeLimit {
  /** After the timeout its reason is a TimeoutError. */
  readonly signal: AbortSignal;
  /** Whether the timeout has passed. */
  readonly isOver: () => boolean;
  /** Call it when the work is done. */
  readonly stop: () => void;
}

/**
 * Unlike `AbortSignal.timeout()`, it can be stopped: no timer is left that fires during a later
 * invocation.
 *
 * @param timeMs - the timeout in milliseconds
 * @param otherSignals - signals that also abort the work
 */
export function startTimeLimit(
  timeMs: number,
  ...otherSignals: readonly (AbortSignal | undefined)[]
): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const onTimeout = (): void => {
    isOver = true;
    controller.abort(new DOMException('The operation timed out.', 'TimeoutError'));
  };
  const signals = otherSignals.filter((signal) => signal !== undefined);
  const onAbort = (): void => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  const timer = setTimeout(onTimeout, Math.max(1, Math.ceil(timeMs)));
  // The timer must not keep the process alive.
  timer.unref();
  for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
  if (signals.some(({ aborted }) => aborted)) onAbort();
  return {
    signal: controller.signal,
    isOver: () => isOver,
    stop() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    },
  };
}
