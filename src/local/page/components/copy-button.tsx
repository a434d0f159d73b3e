/** Copies a text, and says that it did. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { announce } from './announcements.tsx';
import { Icon } from './icons.tsx';

export interface CopyButtonProps {
  /** Made when it is asked for, as it can be long. */
  readonly text: () => string;
  /** What is copied, such as `input`. */
  readonly what: string;
  /** Shown beside the drawing. */
  readonly label?: string;
}

const shownMs = 1600;

export function CopyButton({ text, what, label }: CopyButtonProps): JSX.Element {
  const state = useSignal<'ready' | 'copied' | 'failed'>('ready');
  const copy = async (): Promise<void> => {
    state.value = (await copyText(text())) ? 'copied' : 'failed';
    announce(state.value === 'copied' ? `Copied ${what}` : `Could not copy ${what}`);
    setTimeout(() => {
      state.value = 'ready';
    }, shownMs);
  };
  const name = label?.startsWith('Copy ') === true ? label : `Copy ${what}`;
  const word = { ready: label ?? '', copied: 'Copied', failed: 'Not copied' }[state.value];
  return (
    <button
      type="button"
      class={`quiet copy ${state.value}`}
      aria-label={state.value === 'ready' ? name : undefined}
      title={name}
      onClick={copy}
    >
      <Icon name={state.value === 'copied' ? 'check' : 'copy'} />
      {word === '' ? null : <span>{word}</span>}
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Browsers give the clipboard to pages of https and of loopback only. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'off-screen';
  document.body.append(field);
  const focused = document.activeElement;
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
