import type { McpRequest } from './mcp-request.ts';
import type { ObservedCall } from './observed-call.ts';

/** What the instrumentations of the HTTP clients share. */
export interface CallObserver {
  /**
   * Subscribes to a diagnostics channel. An internal error is logged once and goes no further: a
   * subscriber that throws would end the process.
   */
  readonly on: (channel: string, handle: (message: object) => void) => void;
  /** Wraps a callback in the same way. */
  readonly contained: <Value>(handle: (value: Value) => void) => (value: Value) => void;
  /** Observes an LLM call; undefined for any other request. */
  readonly observe: (request: ObservedRequest) => ObservedCall | undefined;
  /**
   * Observes a request to an MCP server; undefined for any other.
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
  /** Of the request's body, where it is known. */
  readonly contentType?: string | undefined;
}
