/** The part of Lambda's context object that is read here; all of it may be missing off Lambda. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  readonly functionName?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

/** Reads a context that may be anything: tests and local runners pass `{}` or nothing. */
export function readContext(context: unknown): LambdaContext {
  return typeof context === 'object' && context !== null ? context : {};
}

/** Milliseconds until Lambda ends the invocation; undefined where nobody says. */
export function remainingMs(context: LambdaContext): number | undefined {
  try {
    const remaining = context.getRemainingTimeInMillis?.();
    return Number.isFinite(remaining) ? remaining : undefined;
  } catch {
    // A context of somebody's own making: then there is no deadline to keep.
    return undefined;
  }
}
