import type { McpRequest } from './mcp-request.ts';
import type { ObservedCall } from './observed-call.ts';

/** What the instrumentation of each client uses. */
export interface CallObserver {
  /**
   * Hears what Node tells of a kind of event. Should that fail, it is said once and goes no
   * further: a listener that throws would end the process.
   */
  readonly on: (channel: string, hear: (message: object) => void) => void;
  /** A listener that fails in the same way. */
  readonly contained: <Said>(hear: (said: Said) => void) => (said: Said) => void;
  /** Observes a call of an LLM; undefined for any other. */
  readonly observe: (request: ObservedRequest) => ObservedCall | undefined;
  /**
   * Observes a call of an MCP server; undefined for any other.
   *
   * @param headers - names and values in turn, or as one text
   */
  readonly observeMcp: (headers: unknown) => McpRequest | undefined;
}

export interface ObservedRequest {
  readonly method: unknown;
  readonly protocol: 'http:' | 'https:';
  /** With a port where it is not the protocol's own. */
  readonly host: string;
  readonly path: string;
}
