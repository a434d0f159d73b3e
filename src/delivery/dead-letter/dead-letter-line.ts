import type { WireTaskReport } from '../../platform/task-report.ts';
import { createRedactor } from '../../report/redaction/redact.ts';
import { toJsonValue } from '../../report/text/json-value.ts';
import { fitReport } from '../../report/truncation/truncate-report.ts';

// CloudWatch takes events of 256 KiB; the rest is for what the runtime puts around a line and
// for the escaping of this JSON inside a JSON log.
const mostBytes = 120 * 1024;

// A platform that refuses a report may quote from it. Created once: at the end of an environment
// hundreds of lines are written in half a second.
const redactor = createRedactor([]);

/**
 * The log line for a report that is given up: why, and all that is needed to send it again. A
 * long report is shortened to what a log event can hold.
 */
export function undeliveredReport(
  agentId: string,
  report: WireTaskReport,
  { attempts, reason }: { readonly attempts: number; readonly reason: string },
): string {
  const { input, result, llmResponse } = fitReport(
    {
      input: report.input,
      result: report.result,
      llmResponse: toJsonValue(report.llm_response) ?? null,
    },
    mostBytes,
  );
  const record = {
    reason: redactor.redactText(reason),
    attempts,
    agent_id: agentId,
    report: { ...report, input, result, llm_response: llmResponse },
  };
  return `undelivered report ${JSON.stringify(record)}`;
}
