/** Durable executions: many invocations of one function that are one run. */
import { type Outcome, sentValue } from './outcome.ts';

interface DurableEvent {
  readonly DurableExecutionArn: string;
  readonly InitialExecutionState?: {
    readonly Operations?: readonly {
      readonly ExecutionDetails?: { readonly InputPayload?: string };
    }[];
  };
}

/** The id under which all invocations of a durable execution are one run. */
export function durableExecutionId(event: unknown): string | undefined {
  return isDurableEvent(event) ? event.DurableExecutionArn : undefined;
}

/** Whether an execution that began in an earlier invocation goes on in this one. */
export function isDurableReplay(event: unknown): boolean {
  return isDurableEvent(event) && (event.InitialExecutionState?.Operations?.length ?? 0) > 1;
}

/** JSON text of what the execution was started with: its first operation holds it. */
export function durableInput(event: unknown): string | undefined {
  if (!isDurableEvent(event)) return undefined;
  const payload = event.InitialExecutionState?.Operations?.[0]?.ExecutionDetails?.InputPayload;
  return typeof payload === 'string' ? payload : 'null';
}

/**
 * What a durable handler's answer means for the run. Such a handler answers with an envelope:
 * `FAILED` is a failure although the invocation went well.
 *
 * @returns undefined while the execution is suspended: it goes on in a later invocation
 */
export function durableOutcome(event: unknown, outcome: Outcome): Outcome | undefined {
  if (!isDurableEvent(event) || outcome.kind !== 'response') return outcome;
  const response = sentValue(outcome);
  if (!isDurableAnswer(response)) return outcome;
  switch (response.Status) {
    case 'PENDING':
      return undefined;
    case 'FAILED':
      return {
        kind: 'failure',
        thrown: outcome.handledError ?? { value: durableError(response) },
      };
    case 'SUCCEEDED':
      return { kind: 'response', value: parsed(response.Result) };
  }
}

interface DurableAnswer {
  readonly Status: 'SUCCEEDED' | 'FAILED' | 'PENDING';
  readonly Result?: string;
  readonly Error?: { readonly ErrorType?: string; readonly ErrorMessage?: string };
}

function durableError(answer: DurableAnswer): Error {
  const error = new Error(answer.Error?.ErrorMessage ?? 'The durable execution failed.');
  error.name = answer.Error?.ErrorType ?? 'Error';
  error.stack = '';
  return error;
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return json;
  }
}

export function isDurableEvent(event: unknown): event is DurableEvent {
  return (
    typeof event === 'object' &&
    event !== null &&
    'DurableExecutionArn' in event &&
    typeof event.DurableExecutionArn === 'string' &&
    'CheckpointToken' in event &&
    typeof event.CheckpointToken === 'string'
  );
}

function isDurableAnswer(response: unknown): response is DurableAnswer {
  return (
    typeof response === 'object' &&
    response !== null &&
    'Status' in response &&
    (response.Status === 'SUCCEEDED' ||
      response.Status === 'FAILED' ||
      response.Status === 'PENDING')
  );
}
