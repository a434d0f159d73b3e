/** One call on its way: what comes back is copied, within bounds, for the run that it belongs to. */
import type { Invocation } from '../../capture/invocation.ts';
import type { LlmExchange } from '../read-llm-exchange.ts';

export interface ObservedCall {
  /** The head of the answer. A second one, after an informational one, replaces it. */
  readonly answered: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly received: (chunk: unknown) => void;
  /** The answer is whole. */
  readonly completed: () => void;
}

// Of all calls of a run together: what a streamed answer of 30,000 tokens takes on the wire.
const mostBytesOfRun = 8 * 1024 * 1024;
const bytesOfRun = new WeakMap<Invocation, number>();

export function observeCall(invocation: Invocation, url: string): ObservedCall {
  const body: Uint8Array[] = [];
  const exchange: Writable<LlmExchange> = { url, status: 0, headers: {}, body, isCut: true };
  let isWanted = true;

  const giveUp = (): void => {
    isWanted = false;
    const kept = body.reduce((bytes, piece) => bytes + piece.byteLength, 0);
    bytesOfRun.set(invocation, (bytesOfRun.get(invocation) ?? 0) - kept);
    body.length = 0;
  };
  return {
    answered(status, headers) {
      exchange.status = status;
      exchange.headers = headers;
      // Pictures and speech say nothing about tokens, nor do errors.
      isWanted = status >= 200 && status < 300 && isReadable(headers['content-type']);
      if (isWanted) invocation.hear({ kind: 'exchange', exchange });
    },
    received(chunk) {
      if (!isWanted || invocation.ended) return;
      if (!(chunk instanceof Uint8Array)) return giveUp();
      const bytes = (bytesOfRun.get(invocation) ?? 0) + chunk.byteLength;
      if (bytes > mostBytesOfRun) return giveUp();
      bytesOfRun.set(invocation, bytes);
      // Whoever gets it may write over it, or hand its memory on.
      body.push(new Uint8Array(chunk));
    },
    completed() {
      exchange.isCut = false;
    },
  };
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function isReadable(contentType: string | undefined): boolean {
  return contentType === undefined || /json|event-?stream|text\/plain/i.test(contentType);
}
