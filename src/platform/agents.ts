import { type Configuration, resolveConfiguration } from '../config/platform-configuration.ts';
import { type Agent, readAgent, readAgentList } from './agent.ts';
import { type CallOptions, callApi, requireId } from './api-call.ts';

/**
 * Reads the organization's agents.
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

  /** @throws ConfigurationError when a value is not usable */
  constructor(configuration: Configuration = {}) {
    resolveConfiguration(configuration);
    this.#configuration = configuration;
  }

  /**
   * One agent.
   *
   * @throws ApiError with `statusCode` 404 when there is no such agent
   * @throws ConnectionError when no answer comes
   */
  async get(id: string, options: CallOptions = {}): Promise<Agent> {
    const path = `/agents/${encodeURIComponent(requireId('id', id))}`;
    const connection = resolveConfiguration(this.#configuration);
    return callApi(connection, { method: 'GET', path, read: readAgent }, options);
  }

  /**
   * All agents that the key may see.
   *
   * @throws ApiError when the platform refuses, ConnectionError when no answer comes
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
