/** One call of a handler, and the response that may have to wait for its report. */
import { adopt } from '../base/thenable.ts';
import type { Invocation } from '../invocation/invocation.ts';

export interface WatchedCall {
  readonly invocation: Invocation;
  readonly parameters: unknown[];
  /** What the runtime gets for what the handler has returned. */
  readonly returned: (value: unknown) => unknown;
  /** The same for what it has thrown. Throws where nothing has to wait. */
  readonly threw: (error: unknown) => Promise<never>;
}

/** The same answer, when what its end has started is done. */
export function settledAfter(
  value: unknown,
  respond: (value: unknown) => Promise<void> | undefined,
  fail: (error: unknown) => Promise<void> | undefined,
): Promise<unknown> {
  return adopt(value).then(
    (answer) => {
      const wait = respond(answer);
      return wait ? wait.then(() => answer) : answer;
    },
    (error) => {
      const wait = fail(error);
      if (wait === undefined) throw error;
      return rejectAfter(wait, error);
    },
  );
}

/** @throws the error where there is nothing to wait for */
export function rejectAfter(wait: Promise<void> | undefined, error: unknown): Promise<never> {
  if (wait === undefined) throw error;
  return wait.then(() => Promise.reject(error));
}
