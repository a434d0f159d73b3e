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
 * Reports runs that happened outside xpander.ai.
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
   * @param configuration - what is left out comes from the environment, read at each call
   * @throws ConfigurationError when a value is not usable
   */
  constructor(configuration: Configuration = {}) {
    resolveConfiguration(configuration);
    this.#configuration = configuration;
  }

  /**
   * Reports one run and returns the platform's record of it. A report with an `id` that exists
   * updates that record, so sending the same report again is safe.
   *
   * @param parameters - the run; everything is optional except that an agent must be named
   * @param options - `signal` ends the call early
   * @throws ConfigurationError before any request, when a parameter is wrong, no agent is named or
   *   there is no API key
   * @throws ApiError when the platform refuses the report
   * @throws ConnectionError when no answer comes within `timeoutMs`
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
   * The same call for code that cannot await: it blocks the thread until the report is persisted.
   * Nothing else runs meanwhile, and the first call also starts a worker thread (about 0.1 s of
   * one CPU and 10 MB, kept for later calls). It does not use an HTTP proxy. Prefer
   * {@link Backend.reportExternalTask}.
   *
   * @throws the same errors
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
