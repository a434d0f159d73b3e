import type { TaskReporterOptions } from '../config/options.ts';
import { enterInvocationForGood } from '../invocation/current-task.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome, Thrown } from '../invocation/outcome.ts';
import { createReporter, type Reporter } from '../reporter/reporter.ts';
import { observeStreamedBody } from './streams/streamed-body.ts';

/** The fields of Middy's request that we use; the same in Middy 6 and 7. */
export interface MiddyRequest<Event = unknown> {
  readonly event: Event;
  readonly context: unknown;
  readonly error: unknown;
  response: unknown;
}

/** The hooks that Middy calls. They never throw and never respond early. */
export interface TaskReporterMiddleware<Event = unknown> {
  readonly before: (request: MiddyRequest<Event>) => void;
  readonly after: (request: MiddyRequest<Event>) => Promise<void> | undefined;
  readonly onError: (request: MiddyRequest<Event>) => Promise<void> | undefined;
}

/**
 * Creates a Middy middleware that reports each invocation to xpander.ai as a task. Register it
 * first: its `after` and `onError` hooks then run last and see the response that the caller gets.
 *
 * @param options - how tasks are reported @default the variables of the environment
 * @returns the middleware; one without effect if reporting is disabled or if the agent id or the
 *   API key is missing, which is logged once as a warning
 * @throws ConfigurationError if an option is invalid
 *
 * @example
 * ```ts
 * import middy from '@middy/core';
 * import { currentTask, taskReporter } from 'xpander-lambda';
 *
 * export const handler = middy<{ question: string }>()
 *   .use(taskReporter({ agentId: 'agent-123', apiKeySecret: 'xpander/api-key' }))
 *   .handler(async (event) => {
 *     currentTask().addTool('web_search');
 *     return { answer: `You asked: ${event.question}` };
 *   });
 * ```
 *
 * @see https://middy.js.org/docs/writing-middlewares/intro
 */
export function taskReporter<Event = unknown, Response = unknown>(
  options?: TaskReporterOptions<Event, Response>,
): TaskReporterMiddleware<Event> {
  const reporter = createReporter(options);
  if (reporter === undefined) return noop;
  const observed = new WeakMap<MiddyRequest, ObservedRequest>();
  /**
   * The invocation, for the last of our hooks to run. If the middleware is used several times in a
   * stack, only the outermost one sees what the caller gets.
   */
  const invocationOfLastHook = (request: MiddyRequest): Invocation | undefined => {
    const found = observed.get(request);
    if (found === undefined) return undefined;
    found.openHooks -= 1;
    return found.openHooks <= 0 ? found.invocation : undefined;
  };
  return {
    before(request) {
      const outer = observed.get(request);
      if (outer !== undefined) {
        outer.openHooks += 1;
        return;
      }
      const invocation = reporter.begin(request.event, request.context);
      if (invocation === undefined) return;
      observed.set(request, { invocation, openHooks: 1 });
      invocation.isPending = true;
      enterInvocationForGood(invocation);
      reporter.contain(() => observeRequest(reporter, invocation, request));
    },
    after(request) {
      const invocation = invocationOfLastHook(request);
      if (invocation === undefined) return undefined;
      const streamed = reporter.contain(() =>
        observeStreamedBody(request.response, reporter.maxBytes, (stream, thrown) =>
          reporter.settled(invocation, { kind: 'stream', stream, ...(thrown && { thrown }) }),
        ),
      );
      if (streamed === undefined) {
        return reporter.settled(invocation, outcomeOf(request, invocation));
      }
      request.response = streamed;
      return undefined;
    },
    onError(request) {
      const invocation = invocationOfLastHook(request);
      if (invocation === undefined) return undefined;
      // Middy calls this hook only for an error, so an error of `undefined` was thrown.
      const { error, response } = request;
      const failure = { kind: 'failure', thrown: { value: error } } as const;
      return reporter.settled(
        invocation,
        response === undefined ? failure : outcomeOf(request, invocation),
      );
    },
  };
}

interface ObservedRequest {
  readonly invocation: Invocation;
  /** Our `before` hooks whose `after` or `onError` has not run yet. */
  openHooks: number;
}

const noop: TaskReporterMiddleware = {
  before: () => undefined,
  after: () => undefined,
  onError: () => undefined,
};

/** What the caller gets if no later hook changes it. */
function outcomeOf(
  { response, error }: MiddyRequest,
  { errorBeforeResponse }: Invocation,
): Outcome {
  // The caller gets the error unless a hook has turned it into a response.
  if (error !== undefined && response === undefined) {
    return { kind: 'failure', thrown: { value: error } };
  }
  // Hooks that create a response may have replaced the error.
  const handledError: Thrown | undefined =
    error instanceof Error ? { value: error } : errorBeforeResponse;
  return {
    kind: 'response',
    value: response,
    ...(error !== undefined && handledError && { handledError }),
  };
}

/**
 * Observes Middy setting the response and the error. If a hook responds early or throws, Middy skips
 * the remaining hooks, ours included.
 */
function observeRequest(reporter: Reporter, invocation: Invocation, request: MiddyRequest): void {
  let { error, response } = request;
  const failed = (): boolean => invocation.ended?.outcome.kind === 'failure';
  Reflect.defineProperty(request, 'error', {
    configurable: true,
    enumerable: true,
    get: () => error,
    set(value: unknown) {
      error = value;
      if (value !== undefined) invocation.errorBeforeResponse ??= { value };
    },
  });
  Reflect.defineProperty(request, 'response', {
    configurable: true,
    enumerable: true,
    get: () => response,
    set(value: unknown) {
      response = value;
      // A hook after our onError may still turn the error into a response.
      if ('earlyResponse' in request || (failed() && value !== undefined)) {
        void reporter.settled(invocation, outcomeOf(request, invocation));
      }
    },
  });
}
