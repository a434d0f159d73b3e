/** The usage of a streamed chat completion: servers send it once at the end, or count along. */
import { type Fields, field, fieldsOf } from '../wire/read-fields.ts';

export interface StreamedUsage {
  /** @param choices - of this event */
  readonly add: (event: unknown, choices: readonly unknown[]) => void;
  /**
   * The counts that are final; undefined without any.
   *
   * @param isEnded - whether the stream has its end mark
   */
  readonly final: (isEnded: boolean) => Fields | undefined;
}

// A server that counts along does so from the first or second chunk on.
const leastChunksWithoutUsage = 2;

export function createStreamedUsage(): StreamedUsage {
  const started = new Set<unknown>();
  const unfinished = new Set<unknown>();
  let usage: Fields | undefined;
  let isFinal = false;
  let chunksBefore = 0;
  return {
    add(event, choices) {
      for (const choice of choices) {
        const index = field(choice, 'index') ?? 0;
        if (!started.has(index)) unfinished.add(index);
        started.add(index);
        if (typeof field(choice, 'finish_reason') === 'string') unfinished.delete(index);
      }
      const counted = usageOf(event, choices);
      if (counted === undefined) {
        if (usage === undefined) chunksBefore += 1;
        return;
      }
      usage = counted;
      const isSentOnce = chunksBefore >= leastChunksWithoutUsage;
      isFinal = choices.length === 0 || unfinished.size === 0 || isSentOnce;
    },
    final: (isEnded) => (usage && !isFinal && !isEnded ? promptSide(usage) : usage),
  };
}

/** Groq has it in `x_groq`, Moonshot in the choice; Snowflake sends empty ones before the end. */
function usageOf(event: unknown, [choice]: readonly unknown[]): Fields | undefined {
  const found =
    field(event, 'usage') ?? field(field(event, 'x_groq'), 'usage') ?? field(choice, 'usage');
  const usage = fieldsOf(found);
  return Object.keys(usage).length > 0 ? usage : undefined;
}

/** The prompt is counted in full from the start. */
function promptSide({ prompt_tokens, prompt_tokens_details }: Fields): Fields {
  return { prompt_tokens, prompt_tokens_details };
}
