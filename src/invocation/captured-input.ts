import { durableInput } from './durable-execution.ts';

/** The input of a task, captured before the handler can change it. */
export type CapturedInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: string }
  /** A value that JSON cannot represent; read when the report is built. */
  | { readonly kind: 'value'; readonly value: unknown };

/**
 * Copies an event, because handlers and middlewares may change it. `JSON.stringify` costs about as
 * much as the runtime spent on parsing the event.
 */
export function captureInput(event: unknown): CapturedInput {
  const durable = durableInput(event);
  if (durable !== undefined) return { kind: 'json', json: durable };
  if (event === undefined) return { kind: 'none' };
  if (typeof event === 'string') return { kind: 'text', text: event };
  try {
    const json: string | undefined = JSON.stringify(event);
    return json === undefined ? { kind: 'none' } : { kind: 'json', json };
  } catch {
    return { kind: 'value', value: event };
  }
}
