import type { InvocationResult } from './invocation-result.ts';

/**
 * Frames of Node's event loop, which stand in a stack where two timers were due in one turn. The
 * text is JSON, and JSON within it; the cause for X-Ray has frames as objects.
 */
const ofEventLoop =
  /,\\*"\s+at [^"\\]*\(node:internal\/(?:process\/task_queues|timers):\d+:\d+\)\\*"|,\{\\+"path\\+":\\+"node\\+",\\+"line\\+":null,\\+"label\\+":\\+"(?:runNextTicks|process\.process\w+|listOnTimeout)\\+"\}/g;

/** In the list of all paths, which has it on account of these frames too. */
const pathOfNode = /,\\+"node\\+"(?=[\],])/g;

/**
 * All that reaches a caller, or the platform in its place, in a form that can be compared between
 * two invocations. How a stream is cut into pieces on the wire is not part of it.
 */
export function seenByCaller(result: InvocationResult): unknown {
  const { requestId, responseMs: _, logs: __, settled: ___, ...seen } = result;
  const bytes = { payload: seen.payload.toString('latin1'), chunks: [] };
  const text = JSON.stringify({ ...seen, ...bytes }).replaceAll(requestId, '{request id}');
  return JSON.parse(text.replaceAll(ofEventLoop, '').replaceAll(pathOfNode, ''));
}
