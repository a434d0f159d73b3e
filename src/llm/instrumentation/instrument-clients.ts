/** Listens to the calls that a process makes, and reads those of LLMs. Changes none of them. */
import { subscribe } from 'node:diagnostics_channel';
import { listenToHttp } from './instrument-http.ts';
import { listenToHttp2 } from './instrument-http2.ts';
import { listenToUndici } from './instrument-undici.ts';
import { instrumentedInvocation } from './instrumented-invocation.ts';
import { asksLlm } from './llm-hosts.ts';
import { type ObservedCall, observeCall } from './observed-call.ts';

/** What the taps of the several clients share. */
export interface Tap {
  /**
   * Hears what Node tells of a kind of event. Should that fail, it is said once and goes no
   * further: a listener that throws would end the process.
   */
  readonly on: (channel: string, hear: (message: object) => void) => void;
  /** A listener that fails in the same way. */
  readonly contained: <Said>(hear: (said: Said) => void) => (said: Said) => void;
  /** Observes a call of an LLM; undefined for any other. */
  readonly observe: (request: ObservedRequest) => ObservedCall | undefined;
}

export interface ObservedRequest {
  readonly method: unknown;
  readonly protocol: 'http:' | 'https:';
  /** With a port where it is not the protocol's own. */
  readonly host: string;
  readonly path: string;
}

// On the global object: what two copies of this package hear would count twice.
const key = Symbol.for('xpander-lambda.taps.1');
const shared: Partial<Record<symbol, boolean>> = globalThis;

/**
 * Once for a process.
 *
 * @param complain - told once when something in here fails
 */
export function instrumentClients(complain: (message: string) => void): void {
  if (shared[key]) return;
  shared[key] = true;

  let hasComplained = false;
  const contained: Tap['contained'] = (hear) => (said) => {
    try {
      hear(said);
    } catch (fault) {
      if (hasComplained) return;
      hasComplained = true;
      complain(`calls of LLMs are not read because of a fault in here: ${nameOf(fault)}`);
    }
  };
  const tap: Tap = {
    contained,
    on: (channel, hear) =>
      subscribe(
        channel,
        contained((message: unknown) => {
          if (typeof message === 'object' && message !== null) hear(message);
        }),
      ),
    observe({ method, protocol, host, path }) {
      const invocation = method === 'POST' ? instrumentedInvocation() : undefined;
      return invocation && asksLlm(host.toLowerCase(), path, invocation.llmHosts)
        ? observeCall(invocation, `${protocol}//${host}${path}`)
        : undefined;
    },
  };
  const listen = contained((listenTo: (tap: Tap) => void) => listenTo(tap));
  for (const listenTo of [listenToUndici, listenToHttp, listenToHttp2]) listen(listenTo);
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : typeof fault;
}
