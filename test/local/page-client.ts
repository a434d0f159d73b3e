/** The requests of the page to the local platform. */
import type {
  FilterChoices,
  Metrics,
  TaskDetail,
  TaskPage,
} from '../../src/local/wire/page-data.ts';
import { type ApiResponse, call } from './platform-client.ts';

type Query = Readonly<Record<string, string | number>>;

export async function listTasks(url: string, query: Query = {}): Promise<TaskPage> {
  return (await get(url, 'tasks', query)).body as TaskPage;
}

export async function listIds(url: string, query: Query = {}): Promise<readonly string[]> {
  return (await listTasks(url, query)).tasks.map(({ id }) => id);
}

export async function taskDetail(url: string, agent: string, id: string): Promise<TaskDetail> {
  return (await get(url, 'task', { agent, id })).body as TaskDetail;
}

export async function filterChoices(url: string): Promise<FilterChoices> {
  return (await get(url, 'filters')).body as FilterChoices;
}

export async function metrics(url: string, query: Query = {}): Promise<Metrics> {
  return (await get(url, 'metrics', query)).body as Metrics;
}

export function get(url: string, what: string, query: Query = {}): Promise<ApiResponse> {
  const values = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return call(url, `/page/${what}?${new URLSearchParams(values)}`, {
    headers: { 'x-api-key': '' },
  });
}
