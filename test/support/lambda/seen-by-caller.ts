import type { InvocationResult } from './invocation-result.ts';

/**
 * All that reaches a caller, or the platform in its place, in a form that can be compared between
 * two invocations. How a stream is cut into pieces on the wire is not part of it.
 */
export function seenByCaller(result: InvocationResult): unknown {
  const { requestId, responseMs: _, logs: __, settled: ___, ...seen } = result;
  const bytes = { payload: seen.payload.toString('latin1'), chunks: [] };
  return JSON.parse(JSON.stringify({ ...seen, ...bytes }).replaceAll(requestId, '{request id}'));
}
