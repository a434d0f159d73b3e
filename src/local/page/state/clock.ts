/** The current time as a signal, updated every second while the page is visible. */
import { type ReadonlySignal, signal } from '@preact/signals';

const now = signal(Date.now());

export const nowMs: ReadonlySignal<number> = now;

export function startClock(): void {
  const tick = (): void => {
    if (document.visibilityState === 'visible') now.value = Date.now();
  };
  setInterval(tick, 1000);
  document.addEventListener('visibilitychange', tick);
}
