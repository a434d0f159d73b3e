import type { TaskReporterOptions } from '../config/options.ts';
import { ConfigurationError } from '../errors.ts';
import { createReporter } from '../reporter/reporter.ts';
import type { PlainHandler } from './stack-frames/stack-frame-filter.ts';
import { wrapHandler } from './wrap-handler.ts';

/** A Lambda handler of any kind. */
export type LambdaHandler = (...parameters: never[]) => unknown;

/**
 * The wrapped handler: same parameters, same response. A synchronous handler may return a promise
 * instead of a value, and does so if the response waits for its report.
 */
export type ReportedHandler<H extends LambdaHandler> = (
  ...parameters: Parameters<H>
) => ReturnType<H> | Promise<Awaited<ReturnType<H>>>;

/**
 * Wraps a handler and reports each invocation to xpander.ai as a task. The handler can be
 * asynchronous or synchronous, stream its response (`awslambda.streamifyResponse`, applied before or
 * after) or be a complete Middy stack. The caller gets exactly the response it gets without the
 * reporter.
 *
 * @param handler - the function that Lambda calls
 * @param options - how tasks are reported @default the variables of the environment
 * @returns the wrapped handler; the handler itself if reporting is disabled or if the agent id or
 *   the API key is missing, which is logged once as a warning
 * @throws ConfigurationError if the handler is not a function or an option is invalid
 *
 * @example
 * ```ts
 * import { currentTask, withTaskReporter } from 'xpander-lambda';
 *
 * export const handler = withTaskReporter(
 *   async (event: { question: string }) => {
 *     currentTask().addTool('web_search');
 *     return { answer: `You asked: ${event.question}` };
 *   },
 *   { agentId: 'agent-123', apiKeySecret: 'xpander/api-key' },
 * );
 * ```
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function withTaskReporter<H extends LambdaHandler>(
  handler: H,
  options?: TaskReporterOptions<Parameters<H>[0], Awaited<ReturnType<H>>>,
): ReportedHandler<H> {
  if (typeof handler !== 'function') {
    throw new ConfigurationError(
      `withTaskReporter(): the handler must be a function; it is ${handler === null ? 'null' : typeof handler}.`,
    );
  }
  const reporter = createReporter(options);
  if (reporter === undefined) return handler as unknown as ReportedHandler<H>;
  const wrapped = wrapHandler(handler as unknown as PlainHandler, reporter);
  return wrapped as unknown as ReportedHandler<H>;
}
