/** What is said to those who hear the page: seldom, politely, the last thing only. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

const said = signal('');

export function announce(text: string): void {
  said.value = text;
}

export function Announcements(): JSX.Element {
  return (
    <div class="off-screen" role="status" aria-live="polite">
      {said.value}
    </div>
  );
}
