/** Loads the HTTP client if there is time for it. */
import { loadingTimeMs, noteLoaded } from '../execution-environment/loading-time.ts';

export type HttpClient = typeof import('../../platform/transport.ts');

/** @returns undefined if loading would take longer than `timeMs` */
export async function loadHttpClient(timeMs: number): Promise<HttpClient | undefined> {
  if (timeMs < loadingTimeMs('httpClient')) return undefined;
  const client = await import('../../platform/transport.ts');
  noteLoaded('httpClient');
  return client;
}
