/** The id and the input of a task. */
import type { Log } from '../base/log.ts';
import type { ReporterSettings } from '../config/resolve-options.ts';
import type { RuntimeEvent } from '../delivery/lambda-extension/runtime-event.ts';
import { type CapturedInput, captureInput } from '../invocation/captured-input.ts';
import { durableExecutionId, isDurableEvent } from '../invocation/durable-execution.ts';
import type { LambdaContext } from '../invocation/lambda-context.ts';
import { askCallback } from './user-callback.ts';

/** The event that the runtime got, if it is a durable execution's: an SDK may wrap the handler. */
export function durableEventIn(handled: RuntimeEvent | undefined): unknown {
  if (handled?.durableJson === undefined) return undefined;
  const event: unknown = JSON.parse(handled.durableJson);
  return isDurableEvent(event) ? event : undefined;
}

export function taskId(
  event: unknown,
  context: unknown,
  lambda: LambdaContext,
  lambdaEvent: unknown,
  settings: ReporterSettings,
  log: Log,
): string {
  const chosen = askCallback('id', () => settings.id?.(event, context), log.warn);
  if (typeof chosen === 'string' && chosen !== '') return chosen;
  if (chosen !== undefined) log.warn('the option id() must return a text; the request id is used.');
  // Off Lambda there may be no request id. A report needs an id to be sent again safely.
  return durableExecutionId(lambdaEvent) ?? lambda.awsRequestId ?? crypto.randomUUID();
}

export function taskInput(
  event: unknown,
  context: unknown,
  settings: ReporterSettings,
  log: Log,
): CapturedInput {
  if (settings.capture === 'off') return { kind: 'none' };
  const { input } = settings;
  return captureInput(input ? askCallback('input', () => input(event, context), log.warn) : event);
}
