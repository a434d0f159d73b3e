/** The live region for screen readers. It contains only the last announcement. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

const announcement = signal('');

export function announce(text: string): void {
  announcement.value = text;
}

export function Announcements(): JSX.Element {
  return (
    <div class="off-screen" role="status" aria-live="polite">
      {announcement.value}
    </div>
  );
}
