/** The open task, kept up to date. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { TaskDetail } from '../../wire/page-data.ts';
import { onLiveEvents } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { type TaskKey, taskKeyText } from './task-key.ts';

export type DetailState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly key: TaskKey }
  | { readonly kind: 'loaded'; readonly key: TaskKey; readonly detail: TaskDetail }
  | { readonly kind: 'missing'; readonly key: TaskKey }
  | { readonly kind: 'failed'; readonly key: TaskKey; readonly error: PageRequestError };

const state = signal<DetailState>({ kind: 'none' });
let request = new AbortController();

export const detailState: ReadonlySignal<DetailState> = state;

/** Opens a task; null closes it. */
export function openDetail(key: TaskKey | null): void {
  const open = state.value;
  if (key === null) {
    request.abort();
    state.value = { kind: 'none' };
  } else if (open.kind === 'none' || taskKeyText(open.key) !== taskKeyText(key)) {
    state.value = { kind: 'loading', key };
    void load(key);
  }
}

export function syncOpenTask(): void {
  onLiveEvents({
    onReady() {
      const open = state.value;
      if (open.kind !== 'none' && open.kind !== 'loading') void load(open.key);
    },
    onTask(row) {
      const open = state.value;
      if (open.kind !== 'none' && taskKeyText(open.key) === taskKeyText(row)) void load(open.key);
    },
  });
}

/** Keeps the current state until the response arrives. */
async function load(key: TaskKey): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal: abortSignal } = request;
  try {
    const query = { agent: key.agentId, id: key.id };
    const detail = await requestJson<TaskDetail>('/page/task', query, abortSignal);
    if (!abortSignal.aborted) state.value = { kind: 'loaded', key, detail };
  } catch (error) {
    if (abortSignal.aborted || !(error instanceof PageRequestError)) return;
    if (error.status === 404) state.value = { kind: 'missing', key };
    else if (state.value.kind === 'loading') state.value = { kind: 'failed', key, error };
  }
}
