/** The fields of Lambda's context object that we use. Outside Lambda any of them may be missing. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  readonly functionName?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

/** Accepts any value as a context: tests and local runners pass `{}` or nothing. */
export function readContext(context: unknown): LambdaContext {
  return typeof context === 'object' && context !== null ? context : {};
}

/** Milliseconds until Lambda ends the invocation; undefined if unknown. */
export function remainingMs(context: LambdaContext): number | undefined {
  try {
    const remaining = context.getRemainingTimeInMillis?.();
    return Number.isFinite(remaining) ? remaining : undefined;
  } catch {
    // Not a context of Lambda: there is no deadline.
    return undefined;
  }
}
