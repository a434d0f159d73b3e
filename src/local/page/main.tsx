/** Starts the page. */
import { render } from 'preact';
import { followAddress } from './address.ts';
import { App } from './app.tsx';
import { startClock } from './clock-tick.ts';
import { followFilterChoices } from './filter-choices.ts';
import { listenToKeys } from './keyboard.ts';
import { goLive } from './live-events.ts';
import { followOpenTask } from './task-detail.ts';
import { followReports } from './task-history.ts';
import { applyTheme } from './theme.ts';

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
