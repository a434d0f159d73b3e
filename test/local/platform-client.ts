import { onTestFinished } from 'vitest';
import {
  type LocalPlatform,
  type LocalPlatformOptions,
  startLocalPlatform,
} from '../../src/local/server/local-platform.ts';

/** A response; `body` is parsed if it is JSON. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Starts a local platform that closes after the test. */
export async function startForTest(options: LocalPlatformOptions = {}): Promise<LocalPlatform> {
  const platform = await startLocalPlatform(options);
  onTestFinished(() => platform.close());
  return platform;
}

/** Sends a request with a key that a platform without configured keys accepts. */
export async function call(
  url: string,
  path: string,
  init: RequestInit = {},
): Promise<ApiResponse> {
  const response = await fetch(url + path, {
    ...init,
    headers: { 'x-api-key': 'test-key', ...init.headers },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

/** Reports a task. */
export function report(url: string, agentId: string, body: unknown): Promise<ApiResponse> {
  return call(url, `/agent-execution/${encodeURIComponent(agentId)}/report_task`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function status(url: string, taskId: string): Promise<ApiResponse> {
  return call(url, `/agent-execution/${encodeURIComponent(taskId)}/status`);
}

export function history(url: string, agentId: string, query = ''): Promise<ApiResponse> {
  return call(url, `/agent-execution/executions/history/${encodeURIComponent(agentId)}${query}`);
}
