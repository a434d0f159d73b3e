/** Lines as the package itself writes them, and as Lambda hands them to CloudWatch. */

import { createLog } from '../../../src/base/log.ts';
import { logDeadLetter } from '../../../src/delivery/dead-letter/dead-letter.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';

const requestId = '8f507cfc-xmpl-4697-b07a-ac58fc914c95';

/** A report of a run. */
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

/** The message that is logged when a report is given up. */
export function undeliveredMessage(
  report: Partial<WireTaskReport> = {},
  agentId = 'agent-1',
): string {
  const written: string[] = [];
  const log = createLog('error', (_, line) => void written.push(line));
  const facts = { attempts: 3, reason: 'ApiError: POST … was answered with "503"' };
  logDeadLetter(log, agentId, { report: wireReport(report), ...facts });
  return String(written[0]);
}

/** What Lambda makes of a message in each of its log formats. */
export const lambdaFormats = {
  text: (message: string, time: Date): string =>
    `${time.toISOString()}\t${requestId}\tERROR\t${message}\n`,
  json: (message: string, time: Date): string =>
    `${JSON.stringify({ timestamp: time.toISOString(), level: 'ERROR', requestId, message })}\n`,
  /** As the sentinel writes it, which Lambda leaves as it is. */
  'sentinel json': (message: string, time: Date): string =>
    `${JSON.stringify({ timestamp: time.toISOString(), level: 'ERROR', message })}\n`,
} as const;
