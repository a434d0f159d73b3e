/** The error of a failed task: message, causes and collapsed stack. */
import type { JSX } from 'preact';
import { CopyButton } from '../components/copy-button.tsx';
import { TextBlock } from '../components/text-block.tsx';
import type { ErrorParts } from '../format/error-parts.ts';
import { Section } from './payload-section.tsx';

export interface ErrorSectionProps {
  readonly text: string;
  readonly parts: ErrorParts;
}

// Longer messages are shown as a text block.
const maxHeadlineLength = 400;

export function ErrorSection({ text, parts }: ErrorSectionProps): JSX.Element {
  const { name, message, causes, stack } = parts;
  const isHeadline = message.length <= maxHeadlineLength;
  return (
    <Section title="Error" actions={<CopyButton what="error" text={() => text} />}>
      <div class="error">
        {name === null ? null : (
          <p class="error-name">
            <bdi>{name}</bdi>
          </p>
        )}
        {isHeadline ? (
          <p class="error-message">{message === '' ? 'No message' : message}</p>
        ) : (
          <TextBlock text={message} />
        )}
        {causes.length === 0 ? null : (
          <ol class="causes">
            {causes.map(({ label, text: cause }, index) => (
              <li key={`${index} ${label}`}>
                <span class="cause-label">{label}</span>
                <span class="cause-text">{cause}</span>
              </li>
            ))}
          </ol>
        )}
        {stack === '' ? null : (
          <details class="stack">
            <summary>Stack · {stack.split('\n').length} frames</summary>
            <TextBlock text={stack} />
          </details>
        )}
      </div>
    </Section>
  );
}
