import type { Log } from '../base/log.ts';
import type { LlmRecord } from '../llm/usage/llm-record.ts';
import { emptySummary, type UsageSummary } from '../llm/usage/usage-summary.ts';

/** Aggregates the usage of a task's LLM calls. The parsers are loaded only if there are any. */
export async function summarizeUsage(
  records: readonly LlmRecord[],
  log: Log,
  mostBytes?: number,
): Promise<UsageSummary> {
  if (records.length === 0) return emptySummary;
  try {
    const { aggregateUsage } = await import('../llm/usage/usage-aggregation.ts');
    return aggregateUsage(records, mostBytes);
  } catch (error) {
    // The rest of the report is worth sending.
    const what = error instanceof Error ? `${error.name}: ${error.message}` : 'an unreadable error';
    log.error(`a run is reported without its LLM calls because of an internal error: ${what}`);
    return emptySummary;
  }
}
