/** Copies the response to one LLM call, within bounds, for the invocation that made it. */
import { monotonicMs } from '../../base/clock.ts';
import { createByteCopy } from './byte-copy.ts';
import type { ObservedInvocation } from './observed-invocation.ts';

export interface ObservedCall {
  /** On the head of the response. The final one replaces an informational one. */
  readonly responded: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly received: (chunk: unknown) => void;
  /** On the end of a whole response. */
  readonly completed: () => void;
}

// Of all calls of an invocation: a streamed response of 30,000 tokens takes as much on the wire.
const mostBytesOfInvocation = 8 * 1024 * 1024;
const keptOfInvocations = new WeakMap<ObservedInvocation, { bytes: number }>();

export function observeCall(invocation: ObservedInvocation, url: string): ObservedCall {
  const kept = keptOfInvocations.get(invocation) ?? { bytes: 0 };
  keptOfInvocations.set(invocation, kept);
  const copy = createByteCopy();
  const exchange = {
    url,
    status: 0,
    headers: {},
    isCut: true,
    at: monotonicMs(),
    get body() {
      return copy.pieces();
    },
  };
  let bytes = 0;
  let isWanted = true;

  const giveUp = (): void => {
    isWanted = false;
    kept.bytes -= bytes;
    copy.clear();
  };
  return {
    responded(status, headers) {
      exchange.status = status;
      exchange.headers = headers;
      // Pictures, speech and errors have no token counts.
      isWanted = status >= 200 && status < 300 && isReadable(headers['content-type']);
      if (isWanted) invocation.addRecord({ kind: 'exchange', exchange });
    },
    // Called for every chunk of a stream, and the caller waits for it.
    received(chunk) {
      if (!isWanted || invocation.ended) return;
      if (!(chunk instanceof Uint8Array)) return giveUp();
      if (kept.bytes + chunk.byteLength > mostBytesOfInvocation) return giveUp();
      bytes += chunk.byteLength;
      kept.bytes += chunk.byteLength;
      // The client may overwrite the chunk, or transfer its memory.
      copy.add(chunk);
    },
    completed() {
      exchange.isCut = false;
    },
  };
}

function isReadable(contentType: string | undefined): boolean {
  return contentType === undefined || /json|event-?stream|text\/plain/i.test(contentType);
}
