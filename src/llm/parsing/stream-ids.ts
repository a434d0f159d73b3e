import { field, textField } from '../wire/read-fields.ts';

/** The distinct ids that the events of a stream give their response; usually one. */
export function idsOfEvents(events: readonly unknown[]): readonly string[] {
  const ids = new Set<string>();
  for (const event of events) {
    // Events of other formats have ids of their own parts.
    const hasChoices = field(event, 'choices') !== undefined;
    const id = textField(event, 'responseId') ?? (hasChoices ? textField(event, 'id') : undefined);
    if (id !== undefined) ids.add(id);
    if (ids.size >= mostIds) break;
  }
  return [...ids];
}

const mostIds = 1_000;
