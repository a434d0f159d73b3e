import type { InvokeEvent } from './extensions-api.ts';
import type { NextEvent } from './native-client.ts';

/** An event as the runtime got it. */
export interface RuntimeEvent extends InvokeEvent {
  /** Its JSON, if it may be the event of a durable execution; others need not be held. */
  readonly durableJson: string | undefined;
}

export function readEvent({ headers, bodyJson = '' }: NextEvent): RuntimeEvent | undefined {
  const requestId = headers?.['lambda-runtime-aws-request-id'];
  if (typeof requestId !== 'string') return undefined;
  const deadlineMs = Number(headers?.['lambda-runtime-deadline-ms']);
  // Looking into the text costs a thousandth of parsing it.
  const isDurable = bodyJson.includes('"DurableExecutionArn"');
  return { requestId, deadlineMs, durableJson: isDurable ? bodyJson : undefined };
}
