/** Determines what the caller got from the handler's outcome and the runtime's handover. */
import { isProxy } from 'node:util/types';
import { isPlainError } from '../base/error-stack.ts';
import type { HandedError, Handover } from '../delivery/lambda-extension/handover.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome, Thrown } from '../invocation/outcome.ts';

/**
 * The outcome as Lambda took it; what the handler came to adds what Lambda was not given: the error
 * object with its causes, an error behind a response.
 *
 * @param settled - what the handler came to, as far as it was seen
 */
export function handedOutcome(
  settled: Outcome | undefined,
  handover: Handover,
  { isPending, errorBeforeResponse }: Pick<Invocation, 'isPending' | 'errorBeforeResponse'>,
): Outcome {
  if (handover.kind === 'error') {
    const thrown = settled?.kind === 'failure' ? settled.thrown : undefined;
    return { kind: 'failure', thrown: handedError(handover.error, thrown, errorBeforeResponse) };
  }
  const { json } = handover;
  if (settled === undefined && isPending && json === 'null') return unnoticedOutcome();
  const response = { kind: 'response', json } as const;
  if (settled?.kind === 'response') return { ...settled, ...response };
  // Code around the reported handler has responded in its place.
  if (settled?.kind === 'failure') return settled;
  // A middleware has made this response of the error.
  return errorBeforeResponse === undefined
    ? response
    : { ...response, handledError: errorBeforeResponse };
}

/** Of a handler of which neither a response nor an error was seen when its invocation was over. */
export function unnoticedOutcome(): Outcome {
  const text =
    'The invocation ended without a response: nothing was left to do, and the promise of the handler had not settled.';
  return { kind: 'failure', thrown: { value: errorWithoutStack('NoResponseError', text) } };
}

// Lambda's clock for the deadline is not exactly ours.
const clocksDifferMs = 25;

/**
 * Whether Lambda refuses what is posted: the deadline has passed. The runtime client does not tell,
 * and the caller has got the timeout.
 *
 * @param remainingMs - until the deadline, when it is posted; undefined where nobody says
 */
export function isPastDeadline(remainingMs: number | undefined): boolean {
  return remainingMs !== undefined && remainingMs < -clocksDifferMs;
}

/** Of a handler that responded when Lambda had ended its invocation. */
export function timedOutOutcome(limitMs: number): Outcome {
  const text = `timed out: Lambda had no response at the function's limit of ${(limitMs / 1_000).toFixed(1)} s.`;
  return { kind: 'failure', thrown: { value: errorWithoutStack('TimeoutError', text) } };
}

/** Whether the caller got an error for a response, or a response for an error. */
export function contradicts(settled: Outcome, handover: Handover): boolean {
  const hasFailed = settled.kind === 'failure' || (settled.kind === 'stream' && settled.thrown);
  return Boolean(hasFailed) !== (handover.kind === 'error');
}

/** The error that the handler threw, unless the caller got another one. */
function handedError(
  error: HandedError,
  settled: Thrown | undefined,
  seen: Thrown | undefined,
): Thrown {
  const thrown = settled ?? seen;
  if (thrown === undefined) return { value: toError(error) };
  const { value } = thrown;
  if (!isError(value)) return settled ?? { value: toError(error) };
  // The runtime has read it: accessors of the user's may do something each time.
  if (!isPlainError(value)) return { value: toError(error, causeOf(value)) };
  return value.message === error.message ? thrown : { value: toError(error, { cause: value }) };
}

function isError(value: unknown): value is Error {
  return !isProxy(value) && value instanceof Error;
}

function causeOf(error: Error): ErrorOptions | undefined {
  const property = Object.getOwnPropertyDescriptor(error, 'cause');
  return property && 'value' in property ? { cause: property.value } : undefined;
}

function toError({ name, message, stack }: HandedError, options?: ErrorOptions): Error {
  return Object.assign(new Error(message, options), { name, stack });
}

function errorWithoutStack(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, stack: undefined });
}
