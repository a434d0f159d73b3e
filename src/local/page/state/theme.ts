/** The theme: light, dark or that of the system. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const storageName = 'theme';
const order: readonly Theme[] = ['system', 'light', 'dark'];
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

const chosen = signal<Theme>(storedTheme());
const systemDark = signal(systemIsDark.matches);

export const theme: ReadonlySignal<Theme> = chosen;
export const isDark: ReadonlySignal<boolean> = computed(() =>
  chosen.value === 'system' ? systemDark.value : chosen.value === 'dark',
);

/** Applies the theme before the page is rendered and after each change. */
export function applyTheme(): void {
  systemIsDark.addEventListener('change', ({ matches }) => {
    systemDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light';
  });
}

export function nextTheme(): void {
  chosen.value = order[(order.indexOf(chosen.value) + 1) % order.length] ?? 'system';
  try {
    localStorage.setItem(storageName, chosen.value);
  } catch {
    // If the browser blocks storage, the choice applies to this page only.
  }
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageName);
    return order.find((name) => name === stored) ?? 'system';
  } catch {
    return 'system';
  }
}
