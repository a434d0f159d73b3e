/** A text from a payload, as it is; a long one in parts, so that none holds the page up. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { readableLength } from '../format/readable-values.ts';

const firstPart = 20_000;
const nextPart = 200_000;

export function TextBlock({
  text,
  tone,
}: {
  readonly text: string;
  readonly tone?: string;
}): JSX.Element {
  const shown = useSignal(firstPart);
  const isCut = text.length > shown.value;
  return (
    <div class={`text-block ${tone ?? ''}`}>
      <pre>{isCut ? wholeCharacters(text, shown.value) : text}</pre>
      {isCut ? (
        <button
          type="button"
          class="quiet more"
          onClick={() => {
            shown.value += nextPart;
          }}
        >
          Show more · {readableLength(text.length)} in all
        </button>
      ) : null}
    </div>
  );
}

/** The start of a text, never half of a surrogate pair. */
function wholeCharacters(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
