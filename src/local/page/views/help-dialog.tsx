/** The dialog with the keyboard shortcuts. */
import type { JSX } from 'preact';
import { Icon } from '../components/icons.tsx';

const dialogId = 'help';

const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ['j / k', 'Next and previous task'],
  ['Enter', 'Open the task'],
  ['Esc', 'Close the task, or clear the filters'],
  ['/', 'Search'],
  ['g then t', 'Tasks'],
  ['g then m', 'Metrics'],
  ['d', 'Switch theme'],
  ['?', 'This help'],
];

export function openHelp(): void {
  const dialog = findDialog();
  if (dialog?.open === false) dialog.showModal();
}

export function HelpDialog(): JSX.Element {
  return (
    <dialog id={dialogId} aria-labelledby="help-title">
      <header>
        <h2 id="help-title">Keyboard</h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close help"
          title="Close (Esc)"
          onClick={closeHelp}
        >
          <Icon name="cross" />
        </button>
      </header>
      <dl>
        {keyHelp.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

function closeHelp(): void {
  findDialog()?.close();
}

function findDialog(): HTMLDialogElement | null {
  const dialog = document.getElementById(dialogId);
  return dialog instanceof HTMLDialogElement ? dialog : null;
}
