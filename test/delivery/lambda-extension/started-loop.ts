/** An invocation loop between a scripted Extensions API and a scripted runtime. */
import { onTestFinished, vi } from 'vitest';
import type { Next } from '../../../src/delivery/lambda-extension/extensions-client.ts';
import type {
  Hold,
  InvocationLoop,
  InvocationLoopParts,
} from '../../../src/delivery/lambda-extension/invocation-loop.ts';

// Before the module is loaded, which keeps the timers and clocks that it finds.
vi.useFakeTimers();
const { followInvocations } = await import(
  '../../../src/delivery/lambda-extension/invocation-loop.ts'
);

export interface StartedLoop {
  readonly loop: InvocationLoop;
  readonly warnings: readonly string[];
  /** How often Lambda has been asked for an event. */
  readonly asked: () => number;
  /** Lambda's reply to the last call. */
  readonly reply: (next: Next) => Promise<void>;
  /** Lambda sends an event to the runtime and to the extension. */
  readonly invoke: (requestId: string, deadlineMs?: number) => Promise<void>;
  /** The runtime alone gets an event: the extension's connection is lost. */
  readonly begin: () => void;
  /** The runtime asks for another event. */
  readonly finish: () => Promise<void>;
  /** How often Lambda has been asked by an exiting process. */
  readonly askedBeforeExit: () => number;
}

export const longMs = 60_000;
export const lost: Next = { kind: 'failed', reason: 'ECONNRESET' };

/** Time is faked, and goes on only where `pass()` says so. */
export function startLoop(parts: Partial<InvocationLoopParts> = {}): StartedLoop {
  const replies: ((next: Next) => void)[] = [];
  const warnings: string[] = [];
  const runtime = fakeRuntime();
  let askedBeforeExit = 0;
  const others = process.listeners('exit');
  const loop = followInvocations({
    ask: () => new Promise((resolve) => replies.push(resolve)),
    askBeforeExit: () => {
      askedBeforeExit += 1;
    },
    runtime,
    warn: (message) => void warnings.push(message),
    ...parts,
  });
  onTestFinished(() => {
    for (const listener of process.listeners('exit')) {
      if (!others.includes(listener)) process.off('exit', listener);
    }
  });
  const reply = async (next: Next): Promise<void> => {
    replies.at(-1)?.(next);
    await pass(0);
  };
  return {
    loop,
    warnings,
    asked: () => replies.length,
    askedBeforeExit: () => askedBeforeExit,
    reply,
    async invoke(requestId, deadlineMs = Date.now() + longMs) {
      runtime.begin();
      await reply({ kind: 'invoke', event: { requestId, deadlineMs } });
    },
    begin: runtime.begin,
    async finish() {
      runtime.finish();
      await pass(0);
    },
  };
}

/** A hold that must be possible. */
export function hold(
  { loop }: StartedLoop,
  requestId: string,
  {
    deadlineMs = Date.now() + longMs,
    limitMs = longMs,
  }: { readonly deadlineMs?: number; readonly limitMs?: number } = {},
): Hold {
  const taken = loop.hold({ requestId, deadlineMs }, limitMs);
  if (taken === undefined) throw new Error('The environment cannot be held.');
  return taken;
}

export async function pass(timeMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(timeMs);
}

function fakeRuntime() {
  let isBusy = false;
  let waiting: (() => void)[] = [];
  const finished = (): Promise<void> =>
    isBusy ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve();
  return {
    finished,
    idle: finished,
    begin(): void {
      isBusy = true;
    },
    finish(): void {
      isBusy = false;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}
