/** Listens to the calls that a process makes, and reads those of LLMs. Changes none of them. */
import { subscribe } from 'node:diagnostics_channel';
import type { CallObserver } from './call-observer.ts';
import { listenToHttp } from './instrument-http.ts';
import { listenToHttp2 } from './instrument-http2.ts';
import { listenToUndici } from './instrument-undici.ts';
import { asksLlm } from './llm-hosts.ts';
import { observeMcpRequest } from './mcp-request.ts';
import { observeCall } from './observed-call.ts';
import { type FindInvocation, observedInvocation } from './observed-invocation.ts';

// On the global object: what two copies of this package hear would count twice.
const key = Symbol.for('xpander-lambda.taps.1');
const shared: Partial<Record<symbol, boolean>> = globalThis;

/**
 * Once for a process.
 *
 * @param find - the invocation that a call belongs to
 * @param complain - told once when something in here fails
 */
export function installTaps(find: FindInvocation, complain: (message: string) => void): void {
  if (shared[key]) return;
  shared[key] = true;

  let hasComplained = false;
  const contained: CallObserver['contained'] = (hear) => (said) => {
    try {
      hear(said);
    } catch (fault) {
      if (hasComplained) return;
      hasComplained = true;
      complain(`calls of LLMs are not read because of a fault in here: ${nameOf(fault)}`);
    }
  };
  const tap: CallObserver = {
    contained,
    on: (channel, hear) =>
      subscribe(
        channel,
        contained((message: unknown) => {
          if (typeof message === 'object' && message !== null) hear(message);
        }),
      ),
    observe({ method, protocol, host, path }) {
      const invocation = method === 'POST' ? observedInvocation(find) : undefined;
      return invocation && asksLlm(host.toLowerCase(), path, invocation.llmHosts)
        ? observeCall(invocation, `${protocol}//${host}${path}`)
        : undefined;
    },
    observeMcp: (headers) => observeMcpRequest(headers, () => observedInvocation(find)),
  };
  const listen = contained((listenTo: (tap: CallObserver) => void) => listenTo(tap));
  for (const listenTo of [listenToUndici, listenToHttp, listenToHttp2]) listen(listenTo);
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : typeof fault;
}
