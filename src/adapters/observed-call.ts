/** One observed call of a handler, and how its response waits for the report. */

import { adopt } from '../base/thenable.ts';
import type { Invocation } from '../invocation/invocation.ts';

export interface ObservedCall {
  readonly invocation: Invocation;
  /** What the handler is called with. */
  readonly parameters: unknown[];
  /** @returns what the runtime gets in place of the handler's return value */
  readonly onReturn: (value: unknown) => unknown;
  /** @throws the handler's error if there is nothing to wait for; otherwise the promise rejects with it */
  readonly onThrow: (error: unknown) => Promise<never>;
}

type WaitFor<T> = (value: T) => Promise<void> | undefined;

/** Settles like the handler's promise, after the promise that `onResponse` or `onError` returns. */
export function settleAfter(
  returned: unknown,
  onResponse: WaitFor<unknown>,
  onError: WaitFor<unknown>,
): Promise<unknown> {
  return adopt(returned).then(
    (response) => {
      const wait = onResponse(response);
      return wait ? wait.then(() => response) : response;
    },
    (error) => {
      const wait = onError(error);
      if (wait === undefined) throw error;
      return rejectAfter(wait, error);
    },
  );
}

/** @throws the error if there is nothing to wait for */
export function rejectAfter(wait: Promise<void> | undefined, error: unknown): Promise<never> {
  if (wait === undefined) throw error;
  return wait.then(() => Promise.reject(error));
}
