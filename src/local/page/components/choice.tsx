/** One of several values, or any. */
import type { JSX } from 'preact';

export interface ChoiceProps<T extends string> {
  readonly label: string;
  /** What the choice of none is called. */
  readonly any: string;
  readonly value: T | null;
  readonly choices: readonly T[];
  readonly name?: (value: T) => string;
  readonly onChoose: (value: T | null) => void;
}

export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const { label, any, value, choices, name = (choice: T) => choice, onChoose } = props;
  return (
    <select
      class={value === null ? 'choice' : 'choice chosen'}
      aria-label={label}
      // By place, as a value can be any text, the empty one included.
      value={String(value === null ? -1 : choices.indexOf(value))}
      onChange={({ currentTarget }) => onChoose(choices[Number(currentTarget.value)] ?? null)}
    >
      <option value="-1">{any}</option>
      {choices.map((choice, index) => (
        <option key={choice} value={String(index)}>
          {name(choice)}
        </option>
      ))}
    </select>
  );
}
