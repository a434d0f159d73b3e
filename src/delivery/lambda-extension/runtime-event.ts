import type { InvokeEvent } from './extensions-api.ts';
import type { NextEvent } from './native-client.ts';

/** An event as the runtime received it. */
export interface RuntimeEvent extends InvokeEvent {
  /** The event's JSON if it may belong to a durable execution; no other JSON needs to be kept. */
  readonly durableJson: string | undefined;
}

export function readEvent({ headers, bodyJson = '' }: NextEvent): RuntimeEvent | undefined {
  const requestId = headers?.['lambda-runtime-aws-request-id'];
  if (typeof requestId !== 'string') return undefined;
  const deadlineMs = Number(headers?.['lambda-runtime-deadline-ms']);
  // Searching the text costs a thousandth of parsing it.
  const isDurable = bodyJson.includes('"DurableExecutionArn"');
  return { requestId, deadlineMs, durableJson: isDurable ? bodyJson : undefined };
}
