/** The list of tasks: its pages, and what arrives meanwhile. */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { TaskPage, TaskQuery, TaskRow } from '../../wire/page-data.ts';
import { listenLive } from './live-events.ts';
import { PageRequestError, requestJson } from './page-request.ts';
import { matchRow, type TaskFilters, toTaskQuery } from './task-filters.ts';
import { keyText } from './task-key.ts';
import { isNews, putBelow, putOnTop, updateInPlace } from './task-list-rows.ts';

export type HistoryState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'failed'; readonly error: PageRequestError };

/** What is known of the list. */
interface Known {
  readonly rows: readonly TaskRow[];
  readonly next: string | null;
  /** Arrived while someone was reading, newest first: not on top yet. */
  readonly held: readonly TaskRow[];
  /** More came than could be caught up with: the list has a gap below what is held. */
  readonly gap: boolean;
}

type FirstPage = 'here' | 'under way' | 'under way, more came';

const nothing: Known = { rows: [], next: null, held: [], gap: false };
const firstPageSize = 50;
const pageSize = 200;
// Reports that come right after another are shown together.
const gatherMs = 60;
const catchUpMs = 400;
const retryMs = 1000;

const known = signal<Known>(nothing);
const state = signal<HistoryState>({ kind: 'loading' });
const loadingMore = signal(false);
const arrived = signal(0);
let query: TaskQuery = {};
let reading = false;
let gathered: TaskRow[] = [];
let gathering: ReturnType<typeof setTimeout> | undefined;
let catchingUp: ReturnType<typeof setTimeout> | undefined;
let request = new AbortController();
let firstPage: FirstPage = 'here';
const arrivalTimes = new Map<string, number>();

export const historyState: ReadonlySignal<HistoryState> = state;
export const rows: ReadonlySignal<readonly TaskRow[]> = computed(() => known.value.rows);
export const heldCount: ReadonlySignal<number> = computed(() => known.value.held.length);
export const hasGap: ReadonlySignal<boolean> = computed(() => known.value.gap);
export const hasMore: ReadonlySignal<boolean> = computed(() => known.value.next !== null);
export const isLoadingMore: ReadonlySignal<boolean> = loadingMore;
/** How many arrived in all, for telling it to those who do not see it. */
export const arrivedCount: ReadonlySignal<number> = computed(() => arrived.value);

export function followReports(): void {
  listenLive({
    onTask(row) {
      gathered.push(row);
      if (gathering === undefined) takeGathered();
    },
    onReady() {
      if (state.value.kind === 'failed') void loadFirstPage();
      else scheduleCatchUp(0);
    },
  });
}

/** Shows the tasks that the filters find; what was shown stays until they are there. */
export function showTasks(filters: TaskFilters): void {
  query = toTaskQuery(filters, Date.now());
  void loadFirstPage();
}

/** While someone reads, nothing moves: arrivals are held until it ends. */
export function setReading(isReading: boolean): void {
  reading = isReading;
  if (!reading) showHeld();
}

/** Puts on top what was held. */
export function showHeld(): void {
  const { rows: shown, held, gap } = known.value;
  if (gap) void loadFirstPage();
  else if (held.length > 0) known.value = { ...known.value, rows: putOnTop(shown, held), held: [] };
}

/** Loads the next page, if there is one. */
export async function loadMore(): Promise<void> {
  const { next } = known.value;
  if (next === null || loadingMore.value || state.value.kind !== 'loaded') return;
  loadingMore.value = true;
  const { signal: ended } = request;
  try {
    const page = await requestTasks({ ...query, after: next, limit: pageSize }, ended);
    const { rows: shown, held } = known.value;
    const keys = new Set([...shown, ...held].map(keyText));
    known.value = { ...known.value, rows: putBelow(shown, keys, page.tasks), next: page.next };
  } catch {
    // Whoever still looks at the end of the list asks again then.
    await new Promise((resolve) => setTimeout(resolve, ended.aborted ? 0 : retryMs));
  } finally {
    loadingMore.value = false;
  }
}

/** When a row came in live, in milliseconds of `performance.now()`. */
export function arrivalTime(key: string): number | undefined {
  return arrivalTimes.get(key);
}

async function loadFirstPage(): Promise<void> {
  request.abort();
  request = new AbortController();
  const { signal: ended } = request;
  if (state.value.kind === 'failed') state.value = { kind: 'loading' };
  firstPage = 'under way';
  try {
    const page = await requestTasks({ ...query, limit: firstPageSize }, ended);
    batch(() => {
      known.value = { ...nothing, rows: page.tasks, next: page.next };
      state.value = { kind: 'loaded' };
    });
    endFirstPage();
  } catch (error) {
    if (ended.aborted || !(error instanceof PageRequestError)) return;
    endFirstPage();
    // An answer that refuses the filters says so; a server that is gone leaves what is shown.
    if (state.value.kind === 'loading' || error.status !== null) {
      state.value = { kind: 'failed', error };
    }
  }
}

function endFirstPage(): void {
  if (firstPage === 'under way, more came') scheduleCatchUp(0);
  firstPage = 'here';
}

function takeGathered(): void {
  gathering = undefined;
  if (gathered.length === 0) return;
  gathering = setTimeout(takeGathered, gatherMs);
  const reports = Map.groupBy(gathered, (row) => matchRow(row, query));
  gathered = [];
  if (firstPage !== 'here') {
    scheduleCatchUp(0);
    return;
  }
  changeShown(reports.get('not found') ?? []);
  arrive((reports.get('found') ?? []).reverse());
  if (reports.has('ask the server')) scheduleCatchUp(catchUpMs);
}

/** Adds rows, newest first, that are new or say something new. */
function arrive(found: readonly TaskRow[]): void {
  const { rows: shown, held } = known.value;
  const before = new Map([...shown, ...held.toReversed()].map((row) => [keyText(row), row]));
  const news: TaskRow[] = [];
  for (const row of found) {
    if (!isNews(row, before.get(keyText(row)))) continue;
    before.set(keyText(row), row);
    news.push(row);
    arrivalTimes.set(keyText(row), performance.now());
  }
  if (news.length === 0) return;
  forgetArrivals();
  batch(() => {
    arrived.value += news.length;
    known.value = reading
      ? {
          ...known.value,
          rows: updateInPlace(shown, new Map(news.map((row) => [keyText(row), row]))),
          held: putOnTop(held, news),
        }
      : { ...known.value, rows: putOnTop(shown, news) };
  });
}

/** A row that the filters find no more goes, unless someone is reading. */
function changeShown(changed: readonly TaskRow[]): void {
  const { rows: shown } = known.value;
  const byKey = new Map(changed.map((row) => [keyText(row), row]));
  if (!shown.some((row) => byKey.has(keyText(row)))) return;
  known.value = {
    ...known.value,
    rows: reading ? updateInPlace(shown, byKey) : shown.filter((row) => !byKey.has(keyText(row))),
  };
}

function scheduleCatchUp(delayMs: number): void {
  if (catchingUp !== undefined) return;
  catchingUp = setTimeout(() => {
    catchingUp = undefined;
    void catchUp();
  }, delayMs);
}

/** Fetches what came since the newest row that is known. */
async function catchUp(): Promise<void> {
  if (firstPage !== 'here') {
    firstPage = 'under way, more came';
    return;
  }
  const { signal: ended } = request;
  let page: TaskPage;
  try {
    page = await requestTasks({ ...query, limit: pageSize }, ended);
  } catch {
    return;
  }
  if (ended.aborted || state.value.kind !== 'loaded') return;
  const { rows: shown, held } = known.value;
  const same = new Map([...shown, ...held].map((row) => [keyText(row), row.createdAt]));
  const meets = page.tasks.some((row) => same.get(keyText(row)) === row.createdAt);
  if (meets || shown.length === 0) {
    arrive(page.tasks);
    if (shown.length === 0) known.value = { ...known.value, next: page.next };
  } else if (reading && page.tasks.length > 0) {
    known.value = { ...known.value, gap: true, held: page.tasks };
  } else {
    // The server has another history now, or too much has come.
    known.value = { ...nothing, rows: page.tasks, next: page.next };
  }
}

async function requestTasks(asked: TaskQuery, ended: AbortSignal): Promise<TaskPage> {
  return await requestJson<TaskPage>('/page/tasks', { ...asked }, ended);
}

function forgetArrivals(): void {
  for (const [key, time] of arrivalTimes) {
    if (performance.now() - time > 5000) arrivalTimes.delete(key);
  }
}
