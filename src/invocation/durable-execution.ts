/** Durable executions: several invocations of one function form one task. */
import { type Outcome, responseValue } from './outcome.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
interface DurableEvent {
  readonly DurableExecutionArn: string;
  readonly InitialExecutionState?: {
    readonly Operations?: readonly {
      readonly ExecutionDetails?: { readonly InputPayload?: string };
    }[];
  };
}

/** The task id that all invocations of a durable execution share. */
export function durableExecutionId(event: unknown): string | undefined {
  return isDurableEvent(event) ? event.DurableExecutionArn : undefined;
}

/** Whether this invocation continues an execution that an earlier invocation began. */
export function isDurableReplay(event: unknown): boolean {
  return isDurableEvent(event) && (event.InitialExecutionState?.Operations?.length ?? 0) > 1;
}

/** The input of the execution as JSON text; its first operation contains it. */
export function durableInput(event: unknown): string | undefined {
  if (!isDurableEvent(event)) return undefined;
  const payload = event.InitialExecutionState?.Operations?.[0]?.ExecutionDetails?.InputPayload;
  return typeof payload === 'string' ? payload : 'null';
}

/**
 * The outcome of the task. A durable handler responds with an envelope: with the status `FAILED` the
 * task has failed although the invocation succeeded.
 *
 * @returns undefined if the execution is suspended and continues in a later invocation
 */
export function durableOutcome(event: unknown, outcome: Outcome): Outcome | undefined {
  if (!isDurableEvent(event) || outcome.kind !== 'response') return outcome;
  const response = responseValue(outcome);
  if (!isDurableResponse(response)) return outcome;
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

interface DurableResponse {
  readonly Status: 'SUCCEEDED' | 'FAILED' | 'PENDING';
  readonly Result?: string;
  readonly Error?: { readonly ErrorType?: string; readonly ErrorMessage?: string };
}

function durableError(response: DurableResponse): Error {
  const error = new Error(response.Error?.ErrorMessage ?? 'The durable execution failed.');
  error.name = response.Error?.ErrorType ?? 'Error';
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

function isDurableResponse(response: unknown): response is DurableResponse {
  return (
    typeof response === 'object' &&
    response !== null &&
    'Status' in response &&
    (response.Status === 'SUCCEEDED' ||
      response.Status === 'FAILED' ||
      response.Status === 'PENDING')
  );
}
