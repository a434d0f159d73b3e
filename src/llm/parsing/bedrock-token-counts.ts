/**
 * What Amazon Bedrock itself says of an InvokeModel call, whatever the model's answer tells: in
 * the headers of the response
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html), or in the last
 * event of its stream. Cached input is counted apart.
 */
import type { LlmUsage } from '../providers/parsed-usage.ts';
import { count, countField, field, sum } from '../wire/read-fields.ts';

export type BedrockCounts = Pick<LlmUsage, 'promptTokens' | 'completionTokens' | 'cacheReadTokens'>;

export function bedrockHeaderCounts(headers: Readonly<Record<string, string>>): BedrockCounts {
  const header = (name: string): number | null => {
    const value = headers[`x-amzn-bedrock-${name}-token-count`];
    return value !== undefined && /^\d+$/.test(value) ? count(Number(value)) : null;
  };
  return {
    promptTokens: sum(header('input'), header('cache-read-input'), header('cache-write-input')),
    completionTokens: header('output'),
    cacheReadTokens: header('cache-read-input'),
  };
}

export function bedrockStreamCounts(events: readonly unknown[]): BedrockCounts {
  const metrics = events.map((event) => field(event, 'amazon-bedrock-invocationMetrics'));
  const last = metrics.findLast((found) => found !== undefined);
  return {
    promptTokens: sum(
      countField(last, 'inputTokenCount'),
      countField(last, 'cacheReadInputTokenCount'),
      countField(last, 'cacheWriteInputTokenCount'),
    ),
    completionTokens: countField(last, 'outputTokenCount'),
    cacheReadTokens: countField(last, 'cacheReadInputTokenCount'),
  };
}
