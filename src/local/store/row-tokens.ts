/** A task's tokens, from the names of the wire to those of the page. */
import type { RowTokens } from '../wire/page-data.ts';
import type { WireTokens } from '../wire/report-schemas.ts';

export function rowTokens(tokens: WireTokens | null): RowTokens | null {
  return (
    tokens && {
      promptTokens: tokens.prompt_tokens,
      completionTokens: tokens.completion_tokens,
      cacheReadTokens: tokens.cache_read_tokens,
      cacheWriteTokens: tokens.cache_write_tokens,
      totalTokens: tokens.total_tokens,
    }
  );
}
