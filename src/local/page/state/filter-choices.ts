/** Agents and tools to choose from, fetched again when a report names one that is new. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { FilterChoices } from '../../wire/page-data.ts';
import { listenLive } from './live-events.ts';
import { requestJson } from './page-request.ts';

const known = signal<FilterChoices>({
  agents: [],
  tools: [],
  tasks: 0,
  tasksDropped: 0,
});

export const filterChoices: ReadonlySignal<FilterChoices> = known;

export function followFilterChoices(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const fetchSoon = (): void => {
    if (waiting !== undefined) return;
    waiting = setTimeout(async () => {
      waiting = undefined;
      try {
        known.value = await requestJson<FilterChoices>('/page/filters', {});
      } catch {
        // The banner says that the server is gone; when it is back, this is asked again.
      }
    }, 300);
  };
  listenLive({
    onReady: fetchSoon,
    onTask({ agentId, usedTools }) {
      const { agents, tools } = known.value;
      const isKnown = agents.includes(agentId) && usedTools.every((tool) => tools.includes(tool));
      if (!isKnown) fetchSoon();
    },
  });
}
