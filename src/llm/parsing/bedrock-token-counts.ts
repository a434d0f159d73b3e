/**
 * Amazon Bedrock's own token counts of an InvokeModel call, which exist for every model: in the
 * headers of the response
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html), or in the last
 * event of its stream. Cached input is counted beside the prompt.
 */
import type { LlmUsage } from '../parsed-usage/parsed-usage.ts';
import { count, countField, field } from '../wire/read-fields.ts';

export type BedrockCounts = Omit<LlmUsage, 'reasoningTokens'>;

export function bedrockHeaderCounts(headers: Readonly<Record<string, string>>): BedrockCounts {
  const header = (name: string): number | null => {
    const value = headers[`x-amzn-bedrock-${name}-token-count`];
    return value !== undefined && /^\d+$/.test(value) ? count(Number(value)) : null;
  };
  return {
    promptTokens: header('input'),
    completionTokens: header('output'),
    cacheReadTokens: header('cache-read-input'),
    cacheWriteTokens: header('cache-write-input'),
  };
}

export function bedrockStreamCounts(events: readonly unknown[]): BedrockCounts {
  const metrics = events.map((event) => field(event, 'amazon-bedrock-invocationMetrics'));
  const last = metrics.findLast((found) => found !== undefined);
  return {
    promptTokens: countField(last, 'inputTokenCount'),
    completionTokens: countField(last, 'outputTokenCount'),
    cacheReadTokens: countField(last, 'cacheReadInputTokenCount'),
    cacheWriteTokens: countField(last, 'cacheWriteInputTokenCount'),
  };
}
