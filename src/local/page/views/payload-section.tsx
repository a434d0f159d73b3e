/** Sections with a heading and a copy button for the text or JSON of a payload. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonTree } from '../components/json-tree.tsx';
import { TextBlock } from '../components/text-block.tsx';
import { prettyJson, readJson } from '../format/json-text.ts';

export interface SectionProps {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, actions, children }: SectionProps): JSX.Element {
  const id = `section-${title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section class="section" aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        <div class="actions">{actions}</div>
      </header>
      {children}
    </section>
  );
}

export interface FoldedSectionProps {
  readonly title: string;
  /** Shown next to the title, such as a size. */
  readonly note?: string;
  readonly actions?: ComponentChildren;
  /** Rendered when the section is expanded. */
  readonly content: () => ComponentChildren;
}

export function FoldedSection({ title, note, actions, content }: FoldedSectionProps): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details
      class="section folded"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        <h3>{title}</h3>
        {note === undefined ? null : <span class="note">{note}</span>}
      </summary>
      {isOpen.value ? (
        <>
          <div class="actions">{actions}</div>
          {content()}
        </>
      ) : null}
    </details>
  );
}

/** Shows JSON as a tree and other text unchanged. */
export function TextSection({
  title,
  text,
}: {
  readonly title: string;
  readonly text: string | null;
}): JSX.Element {
  const isRaw = useSignal(false);
  const read = useMemo(() => readJson(text ?? ''), [text]);
  if (text === null) {
    return (
      <Section title={title}>
        <p class="none">Nothing was reported.</p>
      </Section>
    );
  }
  return (
    <Section
      title={title}
      actions={
        <>
          {read.kind === 'json' ? (
            <button
              type="button"
              class="quiet"
              aria-pressed={isRaw.value}
              onClick={() => {
                isRaw.value = !isRaw.value;
              }}
            >
              Raw
            </button>
          ) : null}
          <CopyButton what={title.toLowerCase()} text={() => text} />
        </>
      }
    >
      {read.kind === 'json' && !isRaw.value ? (
        <div class="text-block">
          <JsonTree value={read.value} open={3} />
        </div>
      ) : (
        <TextBlock text={text} />
      )}
    </Section>
  );
}

/** A collapsed JSON value. */
export function JsonSection({
  title,
  value,
}: {
  readonly title: string;
  readonly value: unknown;
}): JSX.Element {
  return (
    <FoldedSection
      title={title}
      note={describeJson(value)}
      actions={
        <CopyButton
          what={title}
          label="Copy JSON"
          text={() => prettyJson(value) ?? 'The JSON is nested too deeply to copy.'}
        />
      }
      content={() => (
        <div class="text-block">
          <JsonTree value={value} open={2} />
        </div>
      )}
    />
  );
}

function describeJson(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} items`;
  if (typeof value !== 'object' || value === null) return typeof value;
  const model: unknown = Reflect.get(value, 'model');
  return typeof model === 'string' ? model.slice(0, 60) : `${Object.keys(value).length} fields`;
}
