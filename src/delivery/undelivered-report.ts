import { toJsonValue } from '../report/json-value.ts';
import { createRedactor } from '../report/masking/redact.ts';
import { fitReport } from '../report/sizing/fit-size.ts';
import { type TaskReport, toWire } from '../report/task-report.ts';

// CloudWatch takes events of 256 KiB; the rest is for what the runtime puts around a line and
// for the escaping of this JSON inside a JSON log.
const mostBytes = 120 * 1024;

/**
 * The log line for a report that is given up: why, and all that is needed to send it again. A
 * long report is shortened to what a log event can hold.
 */
export function undeliveredReport(
  agentId: string,
  report: TaskReport,
  { attempts, error }: { readonly attempts: number; readonly error: Error },
): string {
  const { input, result, llmResponse } = fitReport(
    {
      input: report.input,
      result: report.result,
      llmResponse: toJsonValue(report.llmResponse) ?? null,
    },
    mostBytes,
  );
  // A platform that refuses a report may quote from it.
  const reason = createRedactor([]).redactText(`${error.name}: ${error.message}`);
  const record = {
    reason,
    attempts,
    agent_id: agentId,
    report: toWire({ ...report, input, result, llmResponse }),
  };
  return `undelivered report ${JSON.stringify(record)}`;
}
