/** A search field that applies its text shortly after the last key. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

export interface SearchFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
}

const debounceMs = 180;

export function SearchField({ text, onText }: SearchFieldProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const debounce = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // Text that is being typed is newer than the text in the URL.
    if (field.current && debounce.current === undefined) field.current.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(debounce.current), []);
  const change = (value: string, delayMs: number): void => {
    clearTimeout(debounce.current);
    debounce.current = setTimeout(() => {
      debounce.current = undefined;
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
        onInput={({ currentTarget }) => change(currentTarget.value, debounceMs)}
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

/** Focuses the field if it is rendered. */
export function focusSearch(): void {
  const field = document.getElementById('search');
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}
