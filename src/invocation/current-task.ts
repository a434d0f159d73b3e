import { AsyncLocalStorage } from 'node:async_hooks';
import type { Invocation } from './invocation.ts';
import type { LambdaContext } from './lambda-context.ts';
import type { TaskRecorder } from './task-recorder.ts';

interface Running {
  readonly storage: AsyncLocalStorage<Invocation | undefined>;
  readonly invocations: Set<Invocation>;
}

// On the global object, so that several copies of this package in one process (a bundled one and
// a layer's) see the same runs. The number changes when the shape of Invocation does.
const key = Symbol.for('xpander-lambda.running.2');

function running(): Running {
  const shared: Partial<Record<symbol, Running>> = globalThis;
  shared[key] ??= { storage: new AsyncLocalStorage(), invocations: new Set() };
  return shared[key];
}

/**
 * The recorder of the run that is going on: add tokens and tools, keep the raw LLM response.
 * Outside a run, and in a function that does not report, its methods do nothing.
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
  return currentInvocation()?.recorder ?? idle;
}

/**
 * Lets `currentTask()` find the invocation in whatever is started from here on.
 *
 * @returns ends that, for the caller; what was started meanwhile stays within
 */
export function enterInvocation(invocation: Invocation): () => void {
  const { storage } = running();
  const around = storage.getStore();
  storage.enterWith(invocation);
  return () => storage.enterWith(around);
}

/** The same where nothing ends it: Middy's hooks do not wrap the handler. */
export function continueWithin(invocation: Invocation): void {
  running().storage.enterWith(invocation);
}

export function addRunning(invocation: Invocation): void {
  running().invocations.add(invocation);
}

export function removeRunning(invocation: Invocation): void {
  running().invocations.delete(invocation);
}

/**
 * The run in which a handler is called with the event or context of that very run: a wrapper
 * around this middleware, a layer. Sharing the request id is not enough, Lambda uses it again for
 * a retry.
 */
export function surroundingRun(event: unknown, context: LambdaContext): Invocation | undefined {
  const around = running().storage.getStore();
  if (around === undefined || around.ended) return undefined;
  if (around.context === context) return around;
  const isSameEvent = typeof event === 'object' && event !== null && around.event === event;
  const { awsRequestId } = context;
  return isSameEvent && awsRequestId && around.context.awsRequestId === awsRequestId
    ? around
    : undefined;
}

/** The run that what is being done now belongs to; undefined outside one. */
export function currentInvocation(): Invocation | undefined {
  const { storage, invocations } = running();
  // Middy 6 loses the flow when an asynchronous hook ran before ours; where only one invocation
  // is running, it is the one.
  return storage.getStore() ?? (invocations.size === 1 ? [...invocations][0] : undefined);
}

const idle: TaskRecorder = {
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
