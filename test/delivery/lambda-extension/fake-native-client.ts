import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

export interface FakeNativeClient {
  /** What the runtime's client calls, as it stands now: perhaps observed. */
  readonly native: {
    next: () => Promise<unknown>;
    done: (requestId: string, body: unknown) => unknown;
    error: (requestId: string, body: string, xrayCause?: string) => unknown;
  };
  /** What has reached the client itself, in its order. */
  readonly calls: readonly (readonly unknown[])[];
  /** Lambda sends an event to the runtime, which has asked for it. */
  readonly send: (requestId: string, event?: SentEvent) => Promise<void>;
}

export interface SentEvent {
  readonly deadlineMs?: number;
  readonly json?: string;
}

/**
 * The native part of Lambda's runtime client where `require` keeps it. It refuses a body that is no
 * text, as the real one does.
 */
export function installNativeClient(file = '/var/runtime/rapid-client.node'): FakeNativeClient {
  const calls: unknown[][] = [];
  const asked: { resolve: (event: unknown) => void }[] = [];
  const native = {
    next(): Promise<unknown> {
      calls.push(['next']);
      return new Promise((resolve) => asked.push({ resolve }));
    },
    done(...given: unknown[]): unknown {
      if (typeof given[1] !== 'string') throw new TypeError('Wrong arguments');
      calls.push(['done', ...given]);
      return 'done';
    },
    error(...given: unknown[]): unknown {
      if (typeof given[1] !== 'string') throw new TypeError('Wrong arguments');
      calls.push(['error', ...given]);
      return 'error';
    },
  };
  const { cache } = createRequire(import.meta.url);
  cache[file] = Object.assign(Object.create(null), { exports: native });
  onTestFinished(() => {
    delete cache[file];
    forgetObservation();
  });
  return {
    native,
    calls,
    async send(requestId, { deadlineMs = Date.now() + 60_000, json = '{}' } = {}) {
      const headers = {
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': String(deadlineMs),
      };
      asked.at(-1)?.resolve({ bodyJson: json, headers });
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Each test stands for a process of its own. */
function forgetObservation(): void {
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (symbol.description?.startsWith('xpander-lambda.runtime-client'))
      Reflect.deleteProperty(globalThis, symbol);
  }
}
