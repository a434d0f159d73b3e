/** Starts the page. */
import { render } from 'preact';
import { syncAddress } from './state/address.ts';
import { startClock } from './state/clock.ts';
import { syncFilterChoices } from './state/filter-choices.ts';
import { startLiveEvents } from './state/live-events.ts';
import { syncOpenTask } from './state/task-detail.ts';
import { syncTaskList } from './state/task-history.ts';
import { applyTheme } from './state/theme.ts';
import { App } from './views/app.tsx';
import { startKeyboard } from './views/keyboard.ts';

applyTheme();
document.addEventListener('DOMContentLoaded', () => {
  const parent = document.getElementById('app');
  if (parent === null) return;
  syncAddress();
  syncTaskList();
  syncFilterChoices();
  syncOpenTask();
  startClock();
  startKeyboard();
  render(<App />, parent);
  startLiveEvents();
});
