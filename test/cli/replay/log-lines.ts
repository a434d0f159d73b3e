/** Log lines as the package writes them and as Lambda sends them to CloudWatch. */

import { createLog } from '../../../src/base/log.ts';
import { logDeadLetter } from '../../../src/delivery/dead-letter/dead-letter.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';

const requestId = '8f507cfc-xmpl-4697-b07a-ac58fc914c95';

export function wireReport(report: Partial<WireTaskReport> = {}): WireTaskReport {
  return {
    id: 'run-1',
    input: 'Summarize Q4',
    llm_response: null,
    tokens: { completion_tokens: 380, prompt_tokens: 2_140, total_tokens: 2_520 },
    is_success: true,
    result: 'Revenue grew',
    duration: 4.7,
    used_tools: ['web_search'],
    ...report,
  };
}

/** The message that the package logs for a report that it cannot deliver. */
export function deadLetterMessage(
  report: Partial<WireTaskReport> = {},
  agentId = 'agent-1',
): string {
  const messages: string[] = [];
  const log = createLog('error', (_, line) => void messages.push(line));
  const details = { attempts: 3, reason: 'ApiError: POST … was answered with "503"' };
  logDeadLetter(log, agentId, { report: wireReport(report), ...details });
  return String(messages[0]);
}

/** A log line with this message in each of Lambda's log formats. */
export const lambdaFormats = {
  text: (message: string, time: Date): string =>
    `${time.toISOString()}\t${requestId}\tERROR\t${message}\n`,
  json: (message: string, time: Date): string =>
    `${JSON.stringify({ timestamp: time.toISOString(), level: 'ERROR', requestId, message })}\n`,
  /** Written by the sentinel; Lambda does not change lines of extensions. */
  'sentinel json': (message: string, time: Date): string =>
    `${JSON.stringify({ timestamp: time.toISOString(), level: 'ERROR', message })}\n`,
} as const;
