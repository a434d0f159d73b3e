/** A button that copies a text and confirms it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { announce } from './announcements.tsx';
import { Icon } from './icons.tsx';

export interface CopyButtonProps {
  /** Called on click because the text can be long. */
  readonly text: () => string;
  /** The copied content, such as `input`. */
  readonly what: string;
  /** Shown next to the icon. */
  readonly label?: string;
}

const confirmationMs = 1600;

export function CopyButton({ text, what, label }: CopyButtonProps): JSX.Element {
  const state = useSignal<'ready' | 'copied' | 'failed'>('ready');
  const copy = async (): Promise<void> => {
    state.value = (await copyText(text())) ? 'copied' : 'failed';
    announce(state.value === 'copied' ? `Copied ${what}` : `Could not copy ${what}`);
    setTimeout(() => {
      state.value = 'ready';
    }, confirmationMs);
  };
  const name = label?.startsWith('Copy ') === true ? label : `Copy ${what}`;
  const caption = { ready: label ?? '', copied: 'Copied', failed: 'Not copied' }[state.value];
  return (
    <button
      type="button"
      class={`quiet copy ${state.value}`}
      aria-label={state.value === 'ready' ? name : undefined}
      title={name}
      onClick={copy}
    >
      <Icon name={state.value === 'copied' ? 'check' : 'copy'} />
      {caption === '' ? null : <span>{caption}</span>}
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

/** The fallback for pages that are not served over HTTPS or loopback. */
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
