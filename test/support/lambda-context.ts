import type { Context } from 'aws-lambda';

/** A Lambda context with a settable time left. */
export function lambdaContext(fields: Partial<Context> & { remainingMs?: number } = {}): Context {
  const { remainingMs = 30_000, ...given } = fields;
  const deadline = performance.now() + remainingMs;
  const unsupported = (): never => {
    throw new Error('There are no callbacks on this runtime.');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'agent',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:agent',
    memoryLimitInMB: '512',
    awsRequestId: crypto.randomUUID(),
    logGroupName: '/aws/lambda/agent',
    logStreamName: '2026/11/22/[$LATEST]0',
    getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
    done: unsupported,
    fail: unsupported,
    succeed: unsupported,
    ...given,
  };
}
