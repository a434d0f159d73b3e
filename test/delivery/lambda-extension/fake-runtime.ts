import type { RuntimeClient } from '../../../src/delivery/lambda-extension/runtime-client.ts';

export interface FakeRuntime extends RuntimeClient {
  /** What its next event was delayed for, and how long at most. */
  readonly delays: { readonly work: Promise<unknown>; readonly limitMs: number }[];
}

/** A runtime that has not asked for an event yet, and never ends the one that it handles. */
export function fakeRuntime(parts: Partial<RuntimeClient> = {}): FakeRuntime {
  const delays: { work: Promise<unknown>; limitMs: number }[] = [];
  return {
    delays,
    current: () => undefined,
    watch: () => () => undefined,
    finished: () => new Promise(() => undefined),
    idle: () => Promise.resolve(),
    delayNextEvent: (work, limitMs) => void delays.push({ work, limitMs }),
    hasAsked: () => false,
    ...parts,
  };
}
