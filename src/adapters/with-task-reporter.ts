import type { TaskReporterOptions } from '../config/options.ts';
import { ConfigurationError } from '../errors.ts';
import { createReporter } from '../reporter/reporter.ts';
import type { PlainHandler } from './stack-frames/stack-frame-filter.ts';
import { reportHandler } from './wrap-handler.ts';

/** A Lambda handler of any kind. */
export type LambdaHandler = (...parameters: never[]) => unknown;

/**
 * A handler with the same parameters and response that reports its runs. Of a synchronous handler
 * the response may come as a promise, and does where it waits for its report.
 */
export type ReportedHandler<H extends LambdaHandler> = (
  ...parameters: Parameters<H>
) => ReturnType<H> | Promise<Awaited<ReturnType<H>>>;

/**
 * Reports each run of a handler to xpander.ai. The handler may be asynchronous or not, stream its
 * response (`awslambda.streamifyResponse`, inside or outside) or be a whole Middy stack; the
 * caller gets exactly what it gets without the reporter.
 *
 * @param handler - the function that Lambda calls
 * @param options - how runs are reported
 * @throws ConfigurationError when an option is wrong. Without an agent id or API key in the
 *   environment the handler is returned as it is and a line is logged.
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
  const reported = reportHandler(handler as unknown as PlainHandler, reporter);
  return reported as unknown as ReportedHandler<H>;
}
