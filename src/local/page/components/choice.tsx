/** Selects one of several values, or none. */
import type { JSX } from 'preact';

export interface ChoiceProps<T extends string> {
  readonly label: string;
  /** Label of the choice of no value. */
  readonly anyLabel: string;
  readonly value: T | null;
  readonly choices: readonly T[];
  readonly valueLabel?: (value: T) => string;
  readonly onChoose: (value: T | null) => void;
}

export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const { label, anyLabel, value, choices, valueLabel = (choice: T) => choice, onChoose } = props;
  return (
    <select
      class={value === null ? 'choice' : 'choice chosen'}
      aria-label={label}
      // Uses the index because a value can be any text, including an empty one.
      value={String(value === null ? -1 : choices.indexOf(value))}
      onChange={({ currentTarget }) => onChoose(choices[Number(currentTarget.value)] ?? null)}
    >
      <option value="-1">{anyLabel}</option>
      {choices.map((choice, index) => (
        <option key={choice} value={String(index)}>
          {valueLabel(choice)}
        </option>
      ))}
    </select>
  );
}
