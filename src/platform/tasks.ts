import { anyString, type Check, checkFields } from '../config/checks.ts';
import { type Configuration, resolveConfiguration } from '../config/platform-configuration.ts';
import { type CallOptions, callApi, requireId } from './api-call.ts';
import { readTask, readTaskList, type Task, type TaskListItem } from './task.ts';

/** Filters an agent's task history. */
export interface TaskFilters {
  readonly userId?: string | undefined;
  readonly parentTaskId?: string | undefined;
  readonly triggeringAgentId?: string | undefined;
  readonly status?: string | undefined;
  readonly internalStatus?: string | undefined;
}

const wireNames: Readonly<Record<keyof TaskFilters, string>> = {
  userId: 'user_id',
  parentTaskId: 'parent_task_id',
  triggeringAgentId: 'triggering_agent_id',
  status: 'status',
  internalStatus: 'internal_status',
};

const checks: Readonly<Record<keyof TaskFilters, Check>> = {
  userId: anyString,
  parentTaskId: anyString,
  triggeringAgentId: anyString,
  status: anyString,
  internalStatus: anyString,
};

/**
 * Reads tasks of xpander.ai.
 *
 * @example
 * ```ts
 * import { Tasks } from 'xpander-lambda';
 *
 * const failed = await new Tasks().list('agent-123', { status: 'failed' });
 * ```
 */
export class Tasks {
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
   * Returns one task.
   *
   * @throws ConfigurationError if the id is empty or the API key is missing
   * @throws ApiError if the platform rejects the request; `statusCode` 404 if the task does not exist
   * @throws ConnectionError if there is no response within `timeoutMs`
   */
  async get(id: string, options: CallOptions = {}): Promise<Task> {
    const path = `/agent-execution/${encodeURIComponent(requireId('id', id))}/status`;
    const connection = resolveConfiguration(this.#configuration);
    return callApi(connection, { method: 'GET', path, read: readTask }, options);
  }

  /**
   * Returns the task history of an agent.
   *
   * @throws ConfigurationError for an unknown filter, or if the API key is missing
   * @throws ApiError if the platform rejects the request
   * @throws ConnectionError if there is no response within `timeoutMs`
   */
  async list(
    agentId: string,
    filters: TaskFilters = {},
    options: CallOptions = {},
  ): Promise<TaskListItem[]> {
    checkFields('filters', filters, checks);
    const id = encodeURIComponent(requireId('agentId', agentId));
    const path = `/agent-execution/executions/history/${id}${queryOf(filters)}`;
    const connection = resolveConfiguration(this.#configuration);
    return callApi(connection, { method: 'GET', path, read: readTaskList }, options);
  }
}

function queryOf(filters: TaskFilters): string {
  const query = new URLSearchParams();
  for (const [filter, wireName] of Object.entries(wireNames)) {
    const value: unknown = Reflect.get(filters, filter);
    if (typeof value === 'string') query.set(wireName, value);
  }
  return query.size === 0 ? '' : `?${query}`;
}
