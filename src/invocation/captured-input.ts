import { durableInput } from './durable-execution.ts';

/** What a run was asked, as it stood before the handler could change it. */
export type CapturedInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly json: string }
  /** A value that JSON cannot hold; read when the report is built. */
  | { readonly kind: 'value'; readonly value: unknown };

/**
 * Takes a copy of an event. Writing it as JSON costs about what the runtime spent on parsing it,
 * and only a copy shows the event that arrived: handlers and middlewares change theirs.
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
