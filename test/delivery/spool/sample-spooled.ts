import type { PendingReport } from '../../../src/delivery/spool/spool.ts';

/** What matters to the spool; the rest is the same in all. */
export interface Sample {
  readonly id: string;
  readonly isSuccess?: boolean;
  readonly since?: number;
  /** The report's text, by which its size is made. */
  readonly result?: string | null;
  readonly attempts?: number;
}

export function waitingReport(sample: Sample): PendingReport {
  const { id, isSuccess = true, since = 1_790_000_000_000, result = 'done', attempts = 1 } = sample;
  return {
    report: {
      id,
      input: 'What is new?',
      llm_response: { model: 'large', choices: [null, 1, '\ud800'] },
      tokens: { completion_tokens: 2, prompt_tokens: 3, total_tokens: 5 },
      is_success: isSuccess,
      result,
      duration: 0.25,
      used_tools: ['search'],
    },
    attempts,
    reason: 'ConnectionError: nothing listens there.',
    since,
  };
}

export function idsOf(waiting: readonly PendingReport[]): readonly (string | null)[] {
  return waiting.map(({ report }) => report.id);
}
