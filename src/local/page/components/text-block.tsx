/** The text of a payload. Long texts load in parts so that they do not block the page. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { readableLength } from '../format/readable-values.ts';

const initialLength = 20_000;
const partLength = 200_000;

export function TextBlock({
  text,
  tone,
}: {
  readonly text: string;
  readonly tone?: string;
}): JSX.Element {
  const shown = useSignal(initialLength);
  const isTruncated = text.length > shown.value;
  return (
    <div class={`text-block ${tone ?? ''}`}>
      <pre>{isTruncated ? truncate(text, shown.value) : text}</pre>
      {isTruncated ? (
        <button
          type="button"
          class="quiet more"
          onClick={() => {
            shown.value += partLength;
          }}
        >
          Show more · {readableLength(text.length)} in total
        </button>
      ) : null}
    </div>
  );
}

/** Truncates a text without splitting a surrogate pair. */
function truncate(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
