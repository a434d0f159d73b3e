/** Endings whose handlers are called in the same way, and how a reporter is attached to them. */
import type { Ending } from './ending.ts';

export interface Family {
  readonly name: string;
  readonly endings: readonly Ending[];
  /** The function's folder: files and what they hold. */
  readonly files: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
}

/** Each is a module that exports `handler`; named without its suffix. */
export interface Attachment {
  readonly name: string;
  readonly bare: string;
  readonly reported: string;
  /** Whether the reporter is in the layer instead of the code. @default false */
  readonly isLayer?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What is sent to see that an environment works. */
export const harmless = { way: 'harmless' } as const;

/** Handlers by the names of their endings, with a harmless one, as the source of an object. */
export function handlersOf(endings: readonly Ending[], harmlessHandler: string): string {
  const entries = endings.map(({ name, handler }) => `${JSON.stringify(name)}: ${handler}`);
  return `{\nharmless: ${harmlessHandler},\n${entries.join(',\n')}\n}`;
}
