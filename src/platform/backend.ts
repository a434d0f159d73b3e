import { type Configuration, resolveConfiguration } from '../config/platform-configuration.ts';
import { parseAnswer } from './answer.ts';
import {
  apiRequest,
  type CallOptions,
  callApi,
  overrideConfiguration,
  reportTaskPath,
} from './api-call.ts';
import { blockingExchange } from './blocking-exchange.ts';
import { type ReportParameters, readReportParameters } from './report-parameters.ts';
import { readTask, type Task } from './task.ts';

/**
 * Reports tasks that run outside xpander.ai.
 *
 * @example
 * ```ts
 * import { Backend } from 'xpander-lambda';
 *
 * const backend = new Backend();
 * const task = await backend.reportExternalTask({
 *   agentId: 'agent-123',
 *   id: 'ext-job-9921',
 *   input: 'Summarize Q4 earnings',
 *   result: 'Q4 revenue grew 22% YoY',
 *   tokens: { promptTokens: 2_140, completionTokens: 380 },
 *   duration: 4.7,
 *   usedTools: ['web_search', 'fetch_pdf'],
 * });
 * console.log(task.id, task.status);
 * ```
 */
export class Backend {
  readonly #configuration: Configuration;

  /**
   * @param configuration - missing fields come from the environment, which each call reads again
   * @throws ConfigurationError if a value is invalid
   */
  constructor(configuration: Configuration = {}) {
    resolveConfiguration(configuration);
    this.#configuration = configuration;
  }

  /**
   * Reports one task and returns it as the platform stores it. A report with an existing `id` updates
   * that task, so it is safe to send a report again.
   *
   * @param parameters - the task; only the agent is required
   * @param options - `signal` aborts the call
   * @throws ConfigurationError before any request, if a parameter is invalid or if the agent or the
   *   API key is missing
   * @throws ApiError if the platform rejects the report
   * @throws ConnectionError if there is no response within `timeoutMs`
   */
  async reportExternalTask(parameters: ReportParameters, options: CallOptions = {}): Promise<Task> {
    const { agentId, body } = readReportParameters(parameters);
    const connection = overrideConfiguration(
      this.#configuration,
      parameters.configuration ?? undefined,
    );
    const path = reportTaskPath(agentId);
    return callApi(connection, { method: 'POST', path, body, read: readTask }, options);
  }

  /**
   * Reports one task and blocks the thread until it is stored, for code that cannot await. The first
   * call also starts a worker thread (about 0.1 s of one CPU and 10 MB), which later calls use again.
   * Does not use an HTTP proxy. Prefer {@link Backend.reportExternalTask}.
   *
   * @throws the errors of {@link Backend.reportExternalTask}
   */
  reportExternalTaskSync(parameters: ReportParameters): Task {
    const { agentId, body } = readReportParameters(parameters);
    const connection = overrideConfiguration(
      this.#configuration,
      parameters.configuration ?? undefined,
    );
    const request = apiRequest(connection, 'POST', reportTaskPath(agentId), body);
    return parseAnswer(request, blockingExchange(request), readTask);
  }
}
