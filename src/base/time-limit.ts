/** A signal for work that is given up after a time, or by somebody else before. */
export interface TimeLimit {
  /** Its reason is a TimeoutError when the time is over. */
  readonly signal: AbortSignal;
  /** Whether the time is over. */
  readonly isOver: () => boolean;
  /** The work is done. */
  readonly stop: () => void;
}

/**
 * Unlike `AbortSignal.timeout()` it leaves no timer behind, which would fire long after the work,
 * in the middle of another invocation.
 */
export function startTimeLimit(
  timeMs: number,
  ...givenUp: readonly (AbortSignal | undefined)[]
): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  };
  const signals = givenUp.filter((signal) => signal !== undefined);
  const giveUp = (): void => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
  const timer = setTimeout(end, Math.max(1, Math.ceil(timeMs)));
  // The work itself keeps the process alive, or nothing does.
  timer.unref();
  for (const signal of signals) signal.addEventListener('abort', giveUp, { once: true });
  if (signals.some(({ aborted }) => aborted)) giveUp();
  return {
    signal: controller.signal,
    isOver: () => isOver,
    stop() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    },
  };
}
