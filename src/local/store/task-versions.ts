import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { limitDepth } from '../wire/limit-depth.ts';
import type { TaskVersion } from '../wire/page-data.ts';
import { parseReport } from '../wire/report-schemas.ts';
import { callsWithoutUsage } from './model-tokens.ts';
import { rowTokens } from './row-tokens.ts';
import type { StoredRequest } from './stored-request.ts';

/** The versions of tasks. A limited number of the newest earlier reports is stored per task. */
export interface TaskVersions {
  /** Stores the path and headers of the request for the report at a position. */
  saveRequest(position: number, request: StoredRequest): void;
  /** Stores the last report of a task as a version before it is replaced. */
  archiveLatest(agentId: string, id: string): void;
  removeAll(agentId: string, id: string): void;
  /** All stored versions including the last report, newest first. */
  list(agentId: string, id: string): readonly TaskVersion[];
}

// Limits per task, without its last report.
const maxVersions = 100;
const maxBytes = 16 * 1024 * 1024;

// Serializing deeper JSON can overflow the stack.
const maxDepth = 200;

// A LEFT JOIN because tasks of the first release have no request.
const lastReport = `FROM tasks LEFT JOIN task_requests ON position = update_order
  WHERE agent_id = $agentId AND id = $id`;

export function openTaskVersions(database: DatabaseSync): TaskVersions {
  const note = database.prepare('INSERT INTO task_requests VALUES (?, ?, ?)');
  const keep = database.prepare(
    `INSERT INTO task_versions
       (agent_id, id, number, received_at, request_path, request_headers, bytes, report)
     SELECT agent_id, id, report_count, updated_at, path, headers, octet_length(report), report
     ${lastReport}`,
  );
  const prune = database.prepare(
    `DELETE FROM task_versions WHERE agent_id = $agentId AND id = $id AND number <= (
       SELECT ifnull(max(number), 0) FROM (
         SELECT number, row_number() OVER newest AS count, sum(bytes) OVER newest AS sum
         FROM task_versions WHERE agent_id = $agentId AND id = $id WINDOW newest AS (ORDER BY number DESC))
       WHERE count > ${maxVersions} OR sum > ${maxBytes})`,
  );
  const remove = database.prepare('DELETE FROM task_versions WHERE agent_id = ? AND id = ?');
  const select = database.prepare(
    `SELECT report_count AS number, updated_at AS received_at, path AS request_path,
       headers AS request_headers, report
     ${lastReport}
     UNION ALL
     SELECT number, received_at, request_path, request_headers, report
     FROM task_versions WHERE agent_id = $agentId AND id = $id
     ORDER BY number DESC`,
  );

  return {
    saveRequest: (position, { path, headers }) =>
      void note.run(position, path, JSON.stringify(headers)),
    archiveLatest(agentId, id) {
      keep.run({ agentId, id });
      prune.run({ agentId, id });
    },
    removeAll: (agentId, id) => void remove.run(agentId, id),
    list: (agentId, id) => select.all({ agentId, id }).map((row) => toVersion(agentId, row)),
  };
}

const versionRow = z.object({
  number: z.number(),
  received_at: z.string(),
  request_path: z.string().nullable(),
  request_headers: z.string().nullable(),
  report: z.string(),
});

const storedHeaders = z.record(z.string(), z.string());

function toVersion(agentId: string, row: unknown): TaskVersion {
  const { number, received_at, report: body, ...request } = versionRow.parse(row);
  const report = parseReport(body, 'application/json');
  if (report.kind === 'rejected') throw new Error('A stored report is invalid');
  const { value } = report;
  return {
    number,
    receivedAt: received_at,
    status: value.status,
    input: value.input,
    result: value.result,
    durationSeconds: value.durationSeconds,
    tokens: rowTokens(value.tokens),
    usedTools: value.usedTools,
    llmResponse: limitDepth(value.llmResponse ?? null, maxDepth),
    callsWithoutUsage: callsWithoutUsage(value.llmResponse),
    request: { method: 'POST', ...requestHead(agentId, request), body },
  };
}

/** The stored request, or the usual one for reports of the first release. */
function requestHead(
  agentId: string,
  row: Pick<z.infer<typeof versionRow>, 'request_path' | 'request_headers'>,
): StoredRequest {
  const { request_path: path, request_headers: headers } = row;
  return path === null || headers === null
    ? {
        path: `/agent-execution/${encodeURIComponent(agentId)}/report_task`,
        headers: { 'content-type': 'application/json', 'x-api-key': '[masked]' },
      }
    : { path, headers: storedHeaders.parse(JSON.parse(headers)) };
}
