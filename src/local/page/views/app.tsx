/** The page: header with navigation, connection state and the current view. */
import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { Announcements, announce } from '../components/announcements.tsx';
import { Icon, type IconName } from '../components/icons.tsx';
import { route, taskFilters } from '../state/address.ts';
import { defaultMetricsRange, writeRoute } from '../state/route.ts';
import { arrivedCount } from '../state/task-history.ts';
import { nextTheme, type Theme, theme } from '../state/theme.ts';
import { ConnectionBanner, ConnectionMark } from './connection-mark.tsx';
import { HelpDialog, openHelp } from './help-dialog.tsx';
import { MetricsView } from './metrics-view.tsx';
import { TasksView } from './tasks-view.tsx';

const themes: Readonly<Record<Theme, { readonly icon: IconName; readonly label: string }>> = {
  system: { icon: 'screen', label: 'Theme: system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
};
// Limits announcements so that a screen reader can read other content.
const announceMs = 5000;

export function App(): JSX.Element {
  const view = route.value;
  useSignalEffect(() => {
    const title = view.kind === 'metrics' ? 'Metrics' : 'Tasks';
    document.title = `${title} · xpander-lambda local`;
  });
  useArrivalAnnouncements();
  const { icon, label } = themes[theme.value];
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <span class="brand">
          <span class="logo" aria-hidden="true" />
          <span class="brand-name">xpander-lambda</span> <span class="brand-place">local</span>
        </span>
        <nav aria-label="Views">
          <NavLink
            text="Tasks"
            isCurrent={view.kind === 'tasks'}
            href={writeRoute({
              kind: 'tasks',
              filters: taskFilters.value,
              task: null,
              version: null,
            })}
          />
          <NavLink
            text="Metrics"
            isCurrent={view.kind === 'metrics'}
            href={writeRoute({ kind: 'metrics', range: defaultMetricsRange, agent: null })}
          />
        </nav>
        <ConnectionMark />
        <button type="button" class="quiet" aria-label={label} title={label} onClick={nextTheme}>
          <Icon name={icon} />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label="Keyboard help"
          title="Keyboard (?)"
          onClick={openHelp}
        >
          <kbd>?</kbd>
        </button>
      </header>
      <ConnectionBanner />
      {view.kind === 'metrics' ? <MetricsView view={view} /> : <TasksView view={view} />}
      <HelpDialog />
      <Announcements />
    </>
  );
}

interface NavLinkProps {
  readonly text: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

function NavLink({ text, href, isCurrent }: NavLinkProps): JSX.Element {
  return (
    <a href={href} aria-current={isCurrent ? 'page' : undefined}>
      {text}
    </a>
  );
}

function useArrivalAnnouncements(): void {
  useSignalEffect(() => {
    const count = arrivedCount.value;
    if (count === announced || announceTimer !== undefined) return;
    announceTimer = setTimeout(() => {
      const newReports = arrivedCount.peek() - announced;
      announced = arrivedCount.peek();
      announceTimer = undefined;
      announce(newReports === 1 ? '1 new report' : `${newReports} new reports`);
    }, announceMs);
  });
}

let announced = 0;
let announceTimer: ReturnType<typeof setTimeout> | undefined;
