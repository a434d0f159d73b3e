/** The agents and tools of the filters, reloaded if a report contains a new one. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { FilterChoices } from '../../wire/page-data.ts';
import { onLiveEvents } from './live-events.ts';
import { requestJson } from './page-request.ts';

const known = signal<FilterChoices>({
  agents: [],
  tools: [],
  tasks: 0,
  tasksDropped: 0,
});

export const filterChoices: ReadonlySignal<FilterChoices> = known;

export function syncFilterChoices(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const scheduleLoad = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(async () => {
      timer = undefined;
      try {
        known.value = await requestJson<FilterChoices>('/page/filters', {});
      } catch {
        // The banner shows the lost connection, and onReady reloads after it is restored.
      }
    }, 300);
  };
  onLiveEvents({
    onReady: scheduleLoad,
    onTask({ agentId, usedTools }) {
      const { agents, tools } = known.value;
      const isKnown = agents.includes(agentId) && usedTools.every((tool) => tools.includes(tool));
      if (!isKnown) scheduleLoad();
    },
  });
}
