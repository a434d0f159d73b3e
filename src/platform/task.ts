import { inCamelCase, readRecord, readRecords } from './record.ts';

/** The status of a task at xpander.ai. */
export type TaskStatus =
  | 'pending'
  | 'executing'
  | 'paused'
  | 'error'
  | 'failed'
  | 'completed'
  | 'stopped';

/** The input of a task. Unknown fields are kept. */
export interface TaskInput {
  readonly text?: string | null;
  readonly files?: readonly string[] | null;
  readonly user?: unknown;
  readonly [field: string]: unknown;
}

/** A task's LLM tokens, as the platform keeps them. */
export interface TaskTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Prompt and completion; cached tokens are not added. */
  readonly totalTokens: number;
  readonly [field: string]: unknown;
}

/**
 * A task at xpander.ai. Times are ISO 8601 texts of the platform. Unknown fields are kept, under their
 * camelCase names.
 */
export interface Task {
  readonly id: string;
  readonly agentId: string;
  readonly organizationId: string;
  readonly input: TaskInput;
  readonly createdAt: string;
  readonly status?: TaskStatus | null;
  readonly internalStatus?: string | null;
  readonly startedAt?: string | null;
  readonly pausedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly result?: string | null;
  readonly title?: string | null;
  readonly source?: string | null;
  /** Null where they are unknown. */
  readonly tokens?: TaskTokens | null;
  readonly duration?: number | null;
  readonly usedTools?: readonly string[] | null;
  readonly executionAttempts?: number | null;
  readonly [field: string]: unknown;
}

/** A task in the list of an agent's history. Unknown fields are kept. */
export interface TaskListItem {
  readonly id: string;
  readonly agentId: string;
  readonly organizationId: string;
  readonly status: TaskStatus;
  readonly userId?: string | null;
  readonly parentTaskId?: string | null;
  readonly triggeringAgentId?: string | null;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly sourceNodeType?: string | null;
  readonly result?: string | null;
  readonly title?: string | null;
  readonly [field: string]: unknown;
}

export function readTask(answer: unknown): Task {
  const required = ['id', 'agent_id', 'organization_id', 'created_at'];
  const record = readRecord('task', answer, required);
  return {
    ...record,
    input: record['input'] ?? {},
    ...('tokens' in record && { tokens: readTokens(record['tokens']) }),
  } as unknown as Task;
}

/** Older platforms leave counts out. Fields that we do not know are kept. */
function readTokens(tokens: unknown): TaskTokens | null {
  if (typeof tokens !== 'object' || tokens === null || Array.isArray(tokens)) return null;
  const record = inCamelCase(tokens);
  const count = (name: string): number => {
    const value = record[name];
    return typeof value === 'number' ? value : 0;
  };
  const promptTokens = count('promptTokens');
  const completionTokens = count('completionTokens');
  return {
    ...record,
    promptTokens,
    completionTokens,
    cacheReadTokens: count('cacheReadTokens'),
    cacheWriteTokens: count('cacheWriteTokens'),
    totalTokens: promptTokens + completionTokens,
  };
}

export function readTaskList(answer: unknown): TaskListItem[] {
  const required = ['id', 'agent_id', 'organization_id', 'status'];
  return readRecords('task history', answer, required) as unknown as TaskListItem[];
}
