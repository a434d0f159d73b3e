/** Starts the page. */
import { render } from 'preact';
import { followAddress } from './state/address.ts';
import { startClock } from './state/clock-tick.ts';
import { followFilterChoices } from './state/filter-choices.ts';
import { goLive } from './state/live-events.ts';
import { followOpenTask } from './state/task-detail.ts';
import { followReports } from './state/task-history.ts';
import { applyTheme } from './state/theme.ts';
import { App } from './views/app.tsx';
import { listenToKeys } from './views/keyboard.ts';

applyTheme();
document.addEventListener('DOMContentLoaded', () => {
  const parent = document.getElementById('app');
  if (parent === null) return;
  followAddress();
  followReports();
  followFilterChoices();
  followOpenTask();
  startClock();
  listenToKeys();
  render(<App />, parent);
  goLive();
});
