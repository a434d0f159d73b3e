import type { ParsedUsage } from './parsed-usage.ts';

/** How one provider's answers are recognised and read. */
export interface LlmProvider {
  /** Reads a plain answer; [] when it is not of this provider's shape. */
  readonly read: (raw: unknown) => readonly ParsedUsage[];
  /** Absent where a provider's answers are not streamed, or are read as another's. */
  readonly stream?: LlmStream;
}

export interface LlmStream {
  /** Whether a parsed event can only be one of this provider's streams. */
  readonly isEvent: (event: unknown) => boolean;
  /**
   * Puts the answer together as if it had not been streamed. Numbers that a cut stream has not
   * settled yet are left out.
   */
  readonly assemble: (events: readonly unknown[]) => unknown;
}
