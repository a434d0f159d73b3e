/** What the caller got, from what the handler came to and what the runtime handed over. */
import type { Invocation } from '../capture/invocation.ts';
import type { Outcome, Thrown } from '../capture/outcome.ts';
import type { HandedError, Handover } from '../delivery/extension/runtime-client.ts';

/**
 * The outcome as Lambda took it; what the handler came to adds what Lambda was not given: the error
 * object with its causes, an error behind a response.
 *
 * @param settled - what the handler came to, as far as it was seen
 */
export function handedOutcome(
  settled: Outcome | undefined,
  handover: Handover,
  { isPending, seenError }: Pick<Invocation, 'isPending' | 'seenError'>,
): Outcome {
  const thrown = settled?.kind === 'failure' ? settled.thrown : seenError;
  if (handover.kind === 'error') {
    return { kind: 'failure', thrown: handedError(handover.error, thrown) };
  }
  const { json } = handover;
  if (settled === undefined && isPending && json === 'null') return unnoticedOutcome();
  const response = { kind: 'response', json } as const;
  if (settled?.kind === 'response') return { ...settled, ...response };
  // Code around the reported handler has responded in its place.
  if (settled?.kind === 'failure') return settled;
  // A middleware has made this response of the error.
  return seenError === undefined ? response : { ...response, handledError: seenError };
}

/** Of a handler of which neither a response nor an error was seen when its invocation was over. */
export function unnoticedOutcome(): Outcome {
  const text =
    'The invocation ended without a response: nothing was left to do, and the promise of the handler had not settled.';
  return { kind: 'failure', thrown: { value: errorWithoutStack('NoResponseError', text) } };
}

/** Whether the caller got an error for a response, or a response for an error. */
export function contradicts(settled: Outcome, handover: Handover): boolean {
  const hasFailed = settled.kind === 'failure' || (settled.kind === 'stream' && settled.thrown);
  return Boolean(hasFailed) !== (handover.kind === 'error');
}

/** The error that the handler threw, unless the caller got another one. */
function handedError(error: HandedError, thrown: Thrown | undefined): Thrown {
  if (thrown === undefined) return { value: toError(error) };
  if (messageOf(thrown.value) === error.message) return thrown;
  return { value: toError(error, { cause: thrown.value }) };
}

function toError({ name, message, stack }: HandedError, options?: ErrorOptions): Error {
  return Object.assign(new Error(message, options), { name, stack });
}

function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return '';
  }
}

function errorWithoutStack(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, stack: undefined });
}
