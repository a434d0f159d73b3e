/** The JSON answers of Lambda's APIs, in the words of Lambda's own agent. */

import type { ServerResponse } from 'node:http';
import { maxPayloadBytes } from './posted-answer.ts';

export function accept(response: ServerResponse): void {
  reply(response, 202, { status: 'OK' });
}

export function refuseRequestId(response: ServerResponse): void {
  refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
}

export function refuseResponseMode(response: ServerResponse): void {
  refuse(response, 400, 'InvalidFunctionResponseMode', 'Invalid function response mode');
}

export function refuseTransition(response: ServerResponse, from: string, to: string): void {
  const reason = 'Error: State transition is not allowed';
  const message = `State transition from ${from} to ${to} failed for runtime. ${reason}`;
  refuse(response, 403, 'InvalidStateTransition', message);
}

export function refuseTooLarge(response: ServerResponse): void {
  const message = `Exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`;
  refuse(response, 413, 'RequestEntityTooLarge', message);
}

/** On Managed Instances, where the function goes on after its caller was told of a timeout. */
export function refuseLate(response: ServerResponse): void {
  refuse(response, 410, 'InvokeTimeout', 'Invoke timeout');
}

/** Every refusal of the Extensions API has this status. */
export function refuseExtension(
  response: ServerResponse,
  { errorType, errorMessage }: { readonly errorType: string; readonly errorMessage: string },
): void {
  refuse(response, 403, errorType, errorMessage);
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  reply(response, status, { errorMessage: message, errorType: type });
}

export function reply(response: ServerResponse, status: number, body: unknown): void {
  // A refused client may still be sending its body; left unread, it would block the connection.
  response.req.resume();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
