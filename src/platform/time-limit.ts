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
export function startTimeLimit(timeMs: number, givenUp?: AbortSignal): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  };
  const giveUp = (): void => controller.abort(givenUp?.reason);
  const timer = setTimeout(end, Math.max(1, Math.ceil(timeMs)));
  // The work itself keeps the process alive, or nothing does.
  timer.unref();
  givenUp?.addEventListener('abort', giveUp, { once: true });
  if (givenUp?.aborted) giveUp();
  return {
    signal: controller.signal,
    isOver: () => isOver,
    stop() {
      clearTimeout(timer);
      givenUp?.removeEventListener('abort', giveUp);
    },
  };
}
