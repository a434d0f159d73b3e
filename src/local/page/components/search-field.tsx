/** Free text: found a moment after the last key. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

export interface SearchFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

const settleMs = 180;

export function SearchField({ text, onText }: SearchFieldProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // What is being typed is newer than what the URL says.
    if (field.current && settling.current === undefined) field.current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(settling.current), []);
  const change = (value: string, delayMs: number): void => {
    clearTimeout(settling.current);
    settling.current = setTimeout(() => {
      settling.current = undefined;
      onText(value);
    }, delayMs);
  };
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        id="search"
        aria-label="Search id, input and result"
        placeholder="Search id, input, result"
        autocomplete="off"
        spellcheck={false}
        maxLength={500}
        onInput={({ currentTarget }) => change(currentTarget.value, settleMs)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') change(event.currentTarget.value, 0);
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          event.preventDefault();
          if (event.currentTarget.value === '') return event.currentTarget.blur();
          event.currentTarget.value = '';
          change('', 0);
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}

/** Puts the cursor into the field, if it is there. */
export function focusSearch(): void {
  const field = document.getElementById('search');
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}
