import type { TaskReporterOptions } from '../config/options.ts';
import { continueWithin } from '../invocation/current-task.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { Outcome, Thrown } from '../invocation/outcome.ts';
import { createReporter, type Reporter } from '../reporter/reporter.ts';
import { streamedBody } from './streams/streamed-body.ts';

/** What of Middy's request is used here; Middy 6 and 7 both have it. */
export interface MiddyRequest<Event = unknown> {
  readonly event: Event;
  readonly context: unknown;
  readonly error: unknown;
  response: unknown;
}

/** The hooks that Middy calls. None of them answers or throws. */
export interface TaskReporterMiddleware<Event = unknown> {
  readonly before: (request: MiddyRequest<Event>) => void;
  readonly after: (request: MiddyRequest<Event>) => Promise<void> | undefined;
  readonly onError: (request: MiddyRequest<Event>) => Promise<void> | undefined;
}

/**
 * A Middy middleware that reports each run to xpander.ai. Register it first: its `after` and
 * `onError` then run last and see the answer that the caller gets.
 *
 * @param options - how runs are reported
 * @throws ConfigurationError when an option is wrong. Without an agent id or API key in the
 *   environment the middleware does nothing and a line is logged.
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
 */
export function taskReporter<Event = unknown, Response = unknown>(
  options?: TaskReporterOptions<Event, Response>,
): TaskReporterMiddleware<Event> {
  const reporter = createReporter(options);
  if (reporter === undefined) return idle;
  const watched = new WeakMap<MiddyRequest, WatchedRequest>();
  /** The one that is used first in a stack is called last, and sees what the caller gets. */
  const watchedByLast = (request: MiddyRequest): Invocation | undefined => {
    const of = watched.get(request);
    if (of === undefined) return undefined;
    of.uses -= 1;
    return of.uses <= 0 ? of.invocation : undefined;
  };
  return {
    before(request) {
      const before = watched.get(request);
      if (before !== undefined) {
        before.uses += 1;
        return;
      }
      const invocation = reporter.begin(request.event, request.context);
      if (invocation === undefined) return;
      watched.set(request, { invocation, uses: 1 });
      invocation.isPending = true;
      continueWithin(invocation);
      reporter.contain(() => watchRequest(reporter, invocation, request));
    },
    after(request) {
      const invocation = watchedByLast(request);
      if (invocation === undefined) return undefined;
      const streamed = reporter.contain(() =>
        streamedBody(request.response, reporter.maxBytes, (stream, thrown) =>
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
      const invocation = watchedByLast(request);
      if (invocation === undefined) return undefined;
      // Decided here, where an error is certain: `undefined` can be thrown as well.
      const { error, response } = request;
      const failure = { kind: 'failure', thrown: { value: error } } as const;
      return reporter.settled(
        invocation,
        response === undefined ? failure : outcomeOf(request, invocation),
      );
    },
  };
}

interface WatchedRequest {
  readonly invocation: Invocation;
  /** How often the middleware is in the stack, less the hooks that were called after the handler. */
  uses: number;
}

const idle: TaskReporterMiddleware = {
  before: () => undefined,
  after: () => undefined,
  onError: () => undefined,
};

/** What the caller gets as things stand. */
function outcomeOf({ response, error }: MiddyRequest, { seenError }: Invocation): Outcome {
  // Middy sends an error to the caller only as long as no hook has made a response of it.
  if (error !== undefined && response === undefined) {
    return { kind: 'failure', thrown: { value: error } };
  }
  // Hooks that make a response put something else in the error's place.
  const handledError: Thrown | undefined = error instanceof Error ? { value: error } : seenError;
  return {
    kind: 'response',
    value: response,
    ...(error !== undefined && handledError && { handledError }),
  };
}

/**
 * A hook that answers early, or throws, ends the run for Middy: hooks that have not run yet, ours
 * among them, never do. What then remains to be seen is that Middy sets the response or the error.
 */
function watchRequest(reporter: Reporter, invocation: Invocation, request: MiddyRequest): void {
  let { error, response } = request;
  const failed = (): boolean => invocation.ended?.outcome.kind === 'failure';
  Reflect.defineProperty(request, 'error', {
    configurable: true,
    enumerable: true,
    get: () => error,
    set(value: unknown) {
      error = value;
      if (value !== undefined) invocation.seenError ??= { value };
    },
  });
  Reflect.defineProperty(request, 'response', {
    configurable: true,
    enumerable: true,
    get: () => response,
    set(value: unknown) {
      response = value;
      // After our onError an error can still become a response.
      if ('earlyResponse' in request || (failed() && value !== undefined)) {
        void reporter.settled(invocation, outcomeOf(request, invocation));
      }
    },
  });
}
