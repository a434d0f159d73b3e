/** Copies the beginning of requests to MCP servers, which names the tool that they call. */
import type { ObservedInvocation } from './observed-invocation.ts';

export interface McpRequest {
  readonly sent: (chunk: unknown) => void;
}

// The name comes before the arguments, which may be long.
const mostBytes = 64 * 1024;

/**
 * Observes a request if its headers are those of MCP, else undefined: nothing else marks an MCP
 * server.
 *
 * @param headers - names and values in turn, or as one text
 */
export function observeMcpRequest(
  headers: unknown,
  find: () => ObservedInvocation | undefined,
): McpRequest | undefined {
  if (!isMcp(headers)) return undefined;
  const invocation = find();
  if (invocation === undefined) return undefined;
  const body: Uint8Array[] = [];
  invocation.addRecord({ kind: 'mcp-request', body });
  let bytes = 0;
  return {
    sent(chunk) {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      if (!(piece instanceof Uint8Array) || bytes >= mostBytes) return;
      body.push(new Uint8Array(piece.subarray(0, mostBytes - bytes)));
      bytes += piece.byteLength;
    },
  };
}

const ofMcp = /^mcp-(?:protocol-version|session-id)$/i;

function isMcp(headers: unknown): boolean {
  if (typeof headers === 'string') return /^mcp-(?:protocol-version|session-id):/im.test(headers);
  if (!Array.isArray(headers)) return false;
  return headers.some((name, index) => index % 2 === 0 && ofMcp.test(String(name)));
}
