/** One call on its way: what comes back is copied, within bounds, for the run that it belongs to. */
import { monotonicMs } from '../../base/clock.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { createByteCopy } from './byte-copy.ts';

export interface ObservedCall {
  /** The head of the answer. A second one, after an informational one, replaces it. */
  readonly answered: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly received: (chunk: unknown) => void;
  /** The answer is whole. */
  readonly completed: () => void;
}

// Of all calls of a run together: what a streamed answer of 30,000 tokens takes on the wire.
const mostBytesOfRun = 8 * 1024 * 1024;
const keptOfRuns = new WeakMap<Invocation, { bytes: number }>();

export function observeCall(invocation: Invocation, url: string): ObservedCall {
  const kept = keptOfRuns.get(invocation) ?? { bytes: 0 };
  keptOfRuns.set(invocation, kept);
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
    answered(status, headers) {
      exchange.status = status;
      exchange.headers = headers;
      // Pictures and speech say nothing about tokens, nor do errors.
      isWanted = status >= 200 && status < 300 && isReadable(headers['content-type']);
      if (isWanted) invocation.hear({ kind: 'exchange', exchange });
    },
    // Called for every piece of a stream: what is done here, the caller waits for.
    received(chunk) {
      if (!isWanted || invocation.ended) return;
      if (!(chunk instanceof Uint8Array)) return giveUp();
      if (kept.bytes + chunk.byteLength > mostBytesOfRun) return giveUp();
      bytes += chunk.byteLength;
      kept.bytes += chunk.byteLength;
      // Whoever gets it may write over it, or hand its memory on.
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
