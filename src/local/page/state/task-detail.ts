/** The task that is open, kept up to date. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { TaskDetail } from '../../wire/page-data.ts';
import { listenLive } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { keyText, type TaskKey } from './task-key.ts';

export type DetailState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly key: TaskKey }
  | { readonly kind: 'loaded'; readonly key: TaskKey; readonly detail: TaskDetail }
  | { readonly kind: 'missing'; readonly key: TaskKey }
  | { readonly kind: 'failed'; readonly key: TaskKey; readonly error: PageRequestError };

const state = signal<DetailState>({ kind: 'none' });
let request = new AbortController();

export const detailState: ReadonlySignal<DetailState> = state;

/** Opens a task, or none. */
export function openDetail(key: TaskKey | null): void {
  const open = state.value;
  if (key === null) {
    request.abort();
    state.value = { kind: 'none' };
  } else if (open.kind === 'none' || keyText(open.key) !== keyText(key)) {
    state.value = { kind: 'loading', key };
    void load(key);
  }
}

export function followOpenTask(): void {
  listenLive({
    onReady() {
      const open = state.value;
      if (open.kind !== 'none' && open.kind !== 'loading') void load(open.key);
    },
    onTask(row) {
      const open = state.value;
      if (open.kind !== 'none' && keyText(open.key) === keyText(row)) void load(open.key);
    },
  });
}

/** What is shown stays until the answer is there. */
async function load(key: TaskKey): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal: ended } = request;
  try {
    const query = { agent: key.agentId, id: key.id };
    const detail = await requestJson<TaskDetail>('/page/task', query, ended);
    if (!ended.aborted) state.value = { kind: 'loaded', key, detail };
  } catch (error) {
    if (ended.aborted || !(error instanceof PageRequestError)) return;
    if (error.status === 404) state.value = { kind: 'missing', key };
    else if (state.value.kind === 'loading') state.value = { kind: 'failed', key, error };
  }
}
