import type { StoredAgent, StoredTask } from '../store/stored-task.ts';
import type { TaskStatus, WireTokens } from '../wire/report-schemas.ts';

/** The task in API responses. */
export interface WireTask {
  readonly id: string;
  readonly agent_id: string;
  readonly organization_id: string;
  readonly input: { readonly text: string; readonly files: readonly string[]; readonly user: null };
  readonly status: TaskStatus;
  readonly internal_status: null;
  readonly created_at: string;
  readonly updated_at: string;
  /** The time of the last report minus its duration. */
  readonly started_at: string;
  readonly paused_at: null;
  readonly finished_at: string;
  readonly result: string | null;
  readonly parent_execution: null;
  readonly sub_executions: readonly string[];
  readonly is_manually_stopped: boolean;
  readonly payload_extension: null;
  readonly source: string;
  readonly output_format: null;
  readonly output_schema: null;
  readonly title: null;
  readonly agent_version: null;
  readonly triggering_agent_id: null;
  readonly tokens: WireTokens | null;
  readonly used_tools: readonly string[];
  readonly duration: number;
  /** Always 1: a repeated report updates the same execution and is not another attempt. */
  readonly execution_attempts: number;
  /** The number of reports with this id. Only the local platform has this field. */
  readonly report_count: number;
}

/** An entry of the task history. */
export interface WireTaskListItem {
  readonly id: string;
  readonly agent_id: string;
  readonly organization_id: string;
  readonly user_id: null;
  readonly parent_task_id: null;
  readonly triggering_agent_id: null;
  readonly status: TaskStatus;
  readonly created_at: string;
  readonly updated_at: string;
  readonly source_node_type: string;
  readonly result: string | null;
  readonly title: null;
}

/** An agent, with the same fields in the list. */
export interface WireAgent {
  readonly id: string;
  readonly organization_id: string;
  readonly name: string;
  readonly unique_name: string;
  readonly environment_id: string;
  readonly description: null;
  readonly icon: string;
  readonly status: 'ACTIVE';
  readonly type: 'regular';
  readonly framework: string;
  readonly model_provider: string;
  readonly model_name: string;
  readonly version: number;
  readonly created_at: string;
  readonly instructions: {
    readonly role: readonly string[];
    readonly goal: readonly string[];
    readonly general: string;
  };
  readonly access_scope: 'organizational';
  readonly graph: readonly unknown[];
  readonly tools: readonly unknown[];
}

const source = 'external';

export function toWireTask(task: StoredTask, organizationId: string): WireTask {
  // Limited to valid dates from 1970.
  const startedMs = Math.max(0, Date.parse(task.updatedAt) - task.durationSeconds * 1000);
  return {
    id: task.id,
    agent_id: task.agentId,
    organization_id: organizationId,
    input: { text: task.input ?? '', files: [], user: null },
    status: task.status,
    internal_status: null,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    started_at: new Date(startedMs).toISOString(),
    paused_at: null,
    finished_at: task.updatedAt,
    result: task.result,
    parent_execution: null,
    sub_executions: [],
    is_manually_stopped: false,
    payload_extension: null,
    source,
    output_format: null,
    output_schema: null,
    title: null,
    agent_version: null,
    triggering_agent_id: null,
    tokens: task.tokens,
    used_tools: task.usedTools,
    duration: task.durationSeconds,
    execution_attempts: 1,
    report_count: task.reportCount,
  };
}

export function toWireTaskListItem(task: StoredTask, organizationId: string): WireTaskListItem {
  return {
    id: task.id,
    agent_id: task.agentId,
    organization_id: organizationId,
    user_id: null,
    parent_task_id: null,
    triggering_agent_id: null,
    status: task.status,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    source_node_type: source,
    result: task.result,
    title: null,
  };
}

export function toWireAgent(agent: StoredAgent, organizationId: string): WireAgent {
  return {
    id: agent.id,
    organization_id: organizationId,
    name: agent.id,
    unique_name: agent.id,
    environment_id: 'local',
    description: null,
    icon: '🚀',
    status: 'ACTIVE',
    type: 'regular',
    // The Python SDK accepts only known frameworks; this is the platform's default.
    framework: 'agno',
    model_provider: 'external',
    model_name: 'external',
    version: 1,
    created_at: agent.createdAt,
    instructions: { role: [], goal: [], general: '' },
    access_scope: 'organizational',
    graph: [],
    tools: [],
  };
}
