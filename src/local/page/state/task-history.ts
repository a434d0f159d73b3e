/** The task list: its loaded pages and the reports that arrive live. */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { TaskPage, TaskQuery, TaskRow } from '../../wire/page-data.ts';
import { onLiveEvents } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { matchRow, type TaskFilters, toTaskQuery } from './task-filters.ts';
import { taskKeyText } from './task-key.ts';
import { appendRows, isNewer, prependRows, updateInPlace } from './task-list-rows.ts';

export type HistoryState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'failed'; readonly error: PageRequestError };

interface LoadedTasks {
  readonly rows: readonly TaskRow[];
  readonly next: string | null;
  /** Tasks that arrived while the user was reading, newest first. Not in `rows` yet. */
  readonly held: readonly TaskRow[];
  /** Whether tasks are missing between `held` and `rows` because too many arrived. */
  readonly gap: boolean;
}

type FirstPage = 'loaded' | 'loading' | 'loading, catch-up needed';

const noTasks: LoadedTasks = { rows: [], next: null, held: [], gap: false };
const firstPageSize = 50;
const pageSize = 200;
// Reports within this time are shown together.
const batchMs = 60;
const catchUpMs = 400;
const retryMs = 1000;

const loaded = signal<LoadedTasks>(noTasks);
const state = signal<HistoryState>({ kind: 'loading' });
const loadingMore = signal(false);
const arrived = signal(0);
let query: TaskQuery = {};
let reading = false;
let pendingReports: TaskRow[] = [];
let batchTimer: ReturnType<typeof setTimeout> | undefined;
let catchUpTimer: ReturnType<typeof setTimeout> | undefined;
let request = new AbortController();
let firstPage: FirstPage = 'loaded';
const arrivalTimes = new Map<string, number>();

export const historyState: ReadonlySignal<HistoryState> = state;
export const rows: ReadonlySignal<readonly TaskRow[]> = computed(() => loaded.value.rows);
export const heldCount: ReadonlySignal<number> = computed(() => loaded.value.held.length);
export const hasGap: ReadonlySignal<boolean> = computed(() => loaded.value.gap);
export const hasMore: ReadonlySignal<boolean> = computed(() => loaded.value.next !== null);
export const isLoadingMore: ReadonlySignal<boolean> = loadingMore;
/** The total number of arrived reports, for screen readers. */
export const arrivedCount: ReadonlySignal<number> = computed(() => arrived.value);

export function syncTaskList(): void {
  onLiveEvents({
    onTask(row) {
      pendingReports.push(row);
      if (batchTimer === undefined) showPendingReports();
    },
    onReady() {
      if (state.value.kind === 'failed') void loadFirstPage();
      else scheduleCatchUp(0);
    },
  });
}

/** Loads the tasks that match the filters. The current rows stay until they are loaded. */
export function showTasks(filters: TaskFilters): void {
  query = toTaskQuery(filters, Date.now());
  void loadFirstPage();
}

/** While the user is reading, rows do not move and new tasks are held back. */
export function setReading(isReading: boolean): void {
  reading = isReading;
  if (!reading) showHeld();
}

/** Adds the held tasks to the top. */
export function showHeld(): void {
  const { rows: shown, held, gap } = loaded.value;
  if (gap) void loadFirstPage();
  else if (held.length > 0)
    loaded.value = { ...loaded.value, rows: prependRows(shown, held), held: [] };
}

export async function loadMore(): Promise<void> {
  const { next } = loaded.value;
  if (next === null || loadingMore.value || state.value.kind !== 'loaded') return;
  loadingMore.value = true;
  const { signal: abortSignal } = request;
  try {
    const page = await requestTasks({ ...query, after: next, limit: pageSize }, abortSignal);
    const { rows: shown, held } = loaded.value;
    const keys = new Set([...shown, ...held].map(taskKeyText));
    loaded.value = { ...loaded.value, rows: appendRows(shown, keys, page.tasks), next: page.next };
  } catch {
    // The list requests the page again while its end is visible.
    await new Promise((resolve) => setTimeout(resolve, abortSignal.aborted ? 0 : retryMs));
  } finally {
    loadingMore.value = false;
  }
}

/** The time at which a row arrived live, in milliseconds of `performance.now()`. */
export function arrivalTime(key: string): number | undefined {
  return arrivalTimes.get(key);
}

async function loadFirstPage(): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal: abortSignal } = request;
  if (state.value.kind === 'failed') state.value = { kind: 'loading' };
  firstPage = 'loading';
  try {
    const page = await requestTasks({ ...query, limit: firstPageSize }, abortSignal);
    batch(() => {
      loaded.value = { ...noTasks, rows: page.tasks, next: page.next };
      state.value = { kind: 'loaded' };
    });
    endFirstPage();
  } catch (error) {
    if (abortSignal.aborted || !(error instanceof PageRequestError)) return;
    endFirstPage();
    // Shows an error response, but keeps the rows while the server is unreachable.
    if (state.value.kind === 'loading' || error.status !== null) {
      state.value = { kind: 'failed', error };
    }
  }
}

function endFirstPage(): void {
  if (firstPage === 'loading, catch-up needed') scheduleCatchUp(0);
  firstPage = 'loaded';
}

function showPendingReports(): void {
  batchTimer = undefined;
  if (pendingReports.length === 0) return;
  batchTimer = setTimeout(showPendingReports, batchMs);
  const reports = Map.groupBy(pendingReports, (row) => matchRow(row, query));
  pendingReports = [];
  if (firstPage !== 'loaded') {
    scheduleCatchUp(0);
    return;
  }
  removeUnmatched(reports.get('no match') ?? []);
  addTasks((reports.get('match') ?? []).reverse());
  if (reports.has('unknown')) scheduleCatchUp(catchUpMs);
}

/** Adds new and updated rows, newest first. */
function addTasks(found: readonly TaskRow[]): void {
  const { rows: shown, held } = loaded.value;
  const current = new Map([...shown, ...held.toReversed()].map((row) => [taskKeyText(row), row]));
  const newer: TaskRow[] = [];
  for (const row of found) {
    if (!isNewer(row, current.get(taskKeyText(row)))) continue;
    current.set(taskKeyText(row), row);
    newer.push(row);
    arrivalTimes.set(taskKeyText(row), performance.now());
  }
  if (newer.length === 0) return;
  forgetArrivals();
  batch(() => {
    arrived.value += newer.length;
    loaded.value = reading
      ? {
          ...loaded.value,
          rows: updateInPlace(shown, new Map(newer.map((row) => [taskKeyText(row), row]))),
          held: prependRows(held, newer),
        }
      : { ...loaded.value, rows: prependRows(shown, newer) };
  });
}

/** Removes rows that no longer match. While the user is reading, updates them in place. */
function removeUnmatched(changed: readonly TaskRow[]): void {
  const { rows: shown } = loaded.value;
  const byKey = new Map(changed.map((row) => [taskKeyText(row), row]));
  if (!shown.some((row) => byKey.has(taskKeyText(row)))) return;
  loaded.value = {
    ...loaded.value,
    rows: reading
      ? updateInPlace(shown, byKey)
      : shown.filter((row) => !byKey.has(taskKeyText(row))),
  };
}

function scheduleCatchUp(delayMs: number): void {
  if (catchUpTimer !== undefined) return;
  catchUpTimer = setTimeout(() => {
    catchUpTimer = undefined;
    void catchUp();
  }, delayMs);
}

/** Loads the tasks reported since the newest loaded row. */
async function catchUp(): Promise<void> {
  if (firstPage !== 'loaded') {
    firstPage = 'loading, catch-up needed';
    return;
  }
  const { signal: abortSignal } = request;
  let page: TaskPage;
  try {
    page = await requestTasks({ ...query, limit: pageSize }, abortSignal);
  } catch {
    return;
  }
  if (abortSignal.aborted || state.value.kind !== 'loaded') return;
  const { rows: shown, held } = loaded.value;
  const createdAt = new Map([...shown, ...held].map((row) => [taskKeyText(row), row.createdAt]));
  const overlaps = page.tasks.some((row) => createdAt.get(taskKeyText(row)) === row.createdAt);
  if (overlaps || shown.length === 0) {
    addTasks(page.tasks);
    if (shown.length === 0) loaded.value = { ...loaded.value, next: page.next };
  } else if (reading && page.tasks.length > 0) {
    loaded.value = { ...loaded.value, gap: true, held: page.tasks };
  } else {
    // The server has another history, or too many tasks arrived.
    loaded.value = { ...noTasks, rows: page.tasks, next: page.next };
  }
}

async function requestTasks(taskQuery: TaskQuery, abortSignal: AbortSignal): Promise<TaskPage> {
  return await requestJson<TaskPage>('/page/tasks', { ...taskQuery }, abortSignal);
}

function forgetArrivals(): void {
  for (const [key, time] of arrivalTimes) {
    if (performance.now() - time > 5000) arrivalTimes.delete(key);
  }
}
