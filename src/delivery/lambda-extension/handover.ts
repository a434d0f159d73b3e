/** Parses what the runtime posts to Lambda for a request. */

/** The response or error that the runtime posted for a request. */
export type Handover =
  | {
      readonly kind: 'response';
      /** As the caller receives it. */
      readonly json: string;
    }
  | { readonly kind: 'error'; readonly error: HandedError };

/** An error as the caller receives it. */
export interface HandedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

// Lambda accepts a response of up to 6 MiB and 100 bytes. The runtime client does not report that
// Lambda has refused a larger one.
const mostBytes = 6 * 1024 * 1024 + 100;

export function handoverOf(json: string): Handover {
  if (json.length * 3 <= mostBytes || Buffer.byteLength(json) <= mostBytes) {
    return { kind: 'response', json };
  }
  const bytes = Buffer.byteLength(json);
  const message = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${mostBytes} bytes).`;
  const error = { name: 'Function.ResponseSizeTooLarge', message, stack: undefined };
  return { kind: 'error', error };
}

export function readError(body: string): HandedError {
  const { errorType, errorMessage, trace }: Partial<Record<string, unknown>> = JSON.parse(body);
  return {
    name: String(errorType ?? 'Error'),
    message: String(errorMessage ?? ''),
    stack: Array.isArray(trace) && trace.length > 0 ? trace.join('\n') : undefined,
  };
}
