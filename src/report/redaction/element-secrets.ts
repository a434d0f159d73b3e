/** Finds secrets in XML and in the arguments of commands: `<password>…</password>`, `--token …`. */
import { isCount, isHarmless } from './harmless-value.ts';
import { type FactsOf, sensitivityOfName } from './label-sensitivity.ts';
import { maskSpans, type Span } from './redact-spans.ts';
import type { Sensitivity } from './sensitive-keys.ts';
import { endOfQuoted, endOfWord } from './value-extent.ts';

/** Names that a text opens and never closes, searched for once. Each costs a pass over the text. */
const MOST_UNCLOSED = 20;

/** The text with the content of elements and the values of arguments replaced. */
export function maskElements(text: string, factsOf: FactsOf): string {
  const unclosed = new Set<string>();
  const isDocument = /^\s*</.test(text);
  const sensitivity = (name: string): Sensitivity => sensitivityOfName(name, factsOf);

  const contentAt = (at: number): Span | undefined => {
    const opening = /<((?:[A-Za-z][\w.-]{0,40}:)?[A-Za-z][\w.-]{0,63})(?:\s[^<>]{0,256})?>/y;
    opening.lastIndex = at;
    const [whole, tag = ''] = opening.exec(text) ?? [];
    if (whole === undefined || whole.endsWith('/>')) return undefined;
    const kind = sensitivity(tag.slice(tag.indexOf(':') + 1));
    if (kind === 'none') return undefined;
    const start = opening.lastIndex;
    const isSearched = !unclosed.has(tag) && unclosed.size < MOST_UNCLOSED;
    const closing = isSearched ? text.indexOf(`</${tag}`, start) : -1;
    if (closing === -1) unclosed.add(tag);
    // In other text, a name in angle brackets without an end is a type or a placeholder.
    if (closing === -1 && !isDocument) return undefined;
    const end = closing === -1 ? indexOrEnd(text, '<', start) : closing;
    return kind === 'tokens' && isCount(text.slice(start, end)) ? undefined : { start, end };
  };

  const argumentAt = (at: number): Span | undefined => {
    const option = /--([A-Za-z][\w-]{1,63})[ \t]+(["']?)(?!-)/y;
    option.lastIndex = at;
    const [, name = '', quote = ''] = option.exec(text) ?? [];
    const kind = name === '' ? 'none' : sensitivity(name);
    if (kind === 'none') return undefined;
    const start = option.lastIndex;
    const end = quote === '' ? endOfWord(text, start) : endOfQuoted(text, start, quote, 0);
    const value = text.slice(start, end);
    if (kind === 'tokens' && isCount(value)) return undefined;
    return isHarmless(value, (word) => sensitivity(word) !== 'none') ? undefined : { start, end };
  };

  return maskSpans(text, /<(?=[A-Za-z])|(?<![\w-])--(?=[A-Za-z])/g, (trigger, at) =>
    trigger === '<' ? contentAt(at) : argumentAt(at),
  );
}

function indexOrEnd(text: string, what: string, start: number): number {
  const index = text.indexOf(what, start);
  return index === -1 ? text.length : index;
}
