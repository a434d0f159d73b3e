import { AsyncLocalStorage } from 'node:async_hooks';
import type { Invocation } from './invocation.ts';
import type { LambdaContext } from './lambda-context.ts';
import type { TaskRecorder } from './task-recorder.ts';

interface SharedState {
  readonly storage: AsyncLocalStorage<Invocation | undefined>;
  readonly activeInvocations: Set<Invocation>;
}

// Stored on the global object, so that all copies of this package in a process (one bundled with the
// handler, one in the layer) share it. The number changes with the public fields of Invocation.
const key = Symbol.for('xpander-lambda.running.3');

function sharedState(): SharedState {
  const shared: Partial<Record<symbol, SharedState>> = globalThis;
  shared[key] ??= { storage: new AsyncLocalStorage(), activeInvocations: new Set() };
  return shared[key];
}

/**
 * Returns the recorder of the current task: adds tokens and tools, keeps raw LLM responses, sets
 * input and result. It never throws. Outside a task, and in a function that does not report, its
 * methods do nothing.
 *
 * @example
 * ```ts
 * import { currentTask } from 'xpander-lambda';
 *
 * currentTask().addTokens({ promptTokens: 2_140, completionTokens: 380 });
 * currentTask().addTool('web_search');
 * ```
 */
export function currentTask(): TaskRecorder {
  return currentInvocation()?.recorder ?? noopRecorder;
}

/**
 * Makes `currentTask()` return this invocation's recorder in all code that is started from here on.
 *
 * @returns a function that leaves the invocation; code that was started meanwhile stays in it
 */
export function enterInvocation(invocation: Invocation): () => void {
  const { storage } = sharedState();
  const outer = storage.getStore();
  storage.enterWith(invocation);
  return () => storage.enterWith(outer);
}

/** Like `enterInvocation` without leaving: Middy's hooks do not wrap the handler. */
export function enterInvocationForGood(invocation: Invocation): void {
  sharedState().storage.enterWith(invocation);
}

export function addActiveInvocation(invocation: Invocation): void {
  sharedState().activeInvocations.add(invocation);
}

export function removeActiveInvocation(invocation: Invocation): void {
  sharedState().activeInvocations.delete(invocation);
}

/**
 * The invocation that an outer reporter (a wrapper around this middleware, the layer) has begun for
 * the same call. The request id alone does not identify a call: Lambda reuses it for a retry.
 */
export function outerInvocation(event: unknown, context: LambdaContext): Invocation | undefined {
  const outer = sharedState().storage.getStore();
  if (outer === undefined || outer.ended) return undefined;
  if (outer.context === context) return outer;
  const isSameEvent = typeof event === 'object' && event !== null && outer.event === event;
  const { awsRequestId } = context;
  return isSameEvent && awsRequestId && outer.context.awsRequestId === awsRequestId
    ? outer
    : undefined;
}

/** The invocation that the running code belongs to; undefined outside an invocation. */
export function currentInvocation(): Invocation | undefined {
  const { storage, activeInvocations } = sharedState();
  // Middy 6 loses the async context if an asynchronous hook runs before ours. A single active
  // invocation is unambiguous.
  return (
    storage.getStore() ?? (activeInvocations.size === 1 ? [...activeInvocations][0] : undefined)
  );
}

const noopRecorder: TaskRecorder = {
  id: undefined,
  addTokens() {},
  addTool() {},
  tool: (_name, call) => call(),
  recordLlmResponse() {},
  setInput() {},
  setResult() {},
  fail() {},
  skip() {},
};
