import { type Configuration, resolveConfiguration } from '../config/platform-configuration.ts';
import { type Agent, readAgent, readAgentList } from './agent.ts';
import { type CallOptions, callApi, requireId } from './api-call.ts';

/**
 * Reads the agents of the organization.
 *
 * @example
 * ```ts
 * import { Agents, Backend } from 'xpander-lambda';
 *
 * const agent = await new Agents().get('agent-123');
 * await new Backend().reportExternalTask({ agent, input: 'Daily summary', result: '...' });
 * ```
 */
export class Agents {
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
   * Returns one agent.
   *
   * @throws ConfigurationError if the id is empty or the API key is missing
   * @throws ApiError if the platform rejects the request; `statusCode` 404 if the agent does not exist
   * @throws ConnectionError if there is no response within `timeoutMs`
   */
  async get(id: string, options: CallOptions = {}): Promise<Agent> {
    const path = `/agents/${encodeURIComponent(requireId('id', id))}`;
    const connection = resolveConfiguration(this.#configuration);
    return callApi(connection, { method: 'GET', path, read: readAgent }, options);
  }

  /**
   * Returns all agents that the API key can access.
   *
   * @throws ConfigurationError if the API key is missing
   * @throws ApiError if the platform rejects the request
   * @throws ConnectionError if there is no response within `timeoutMs`
   */
  async list(options: CallOptions = {}): Promise<Agent[]> {
    const connection = resolveConfiguration(this.#configuration);
    return callApi(
      connection,
      { method: 'GET', path: '/agents/list', read: readAgentList },
      options,
    );
  }
}
