import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ConfigurationError } from '../../errors.ts';
import type { ReportedTask } from '../store/stored-task.ts';
import { defaultMaxTasks, openTaskStore } from '../store/task-store.ts';
import { createRequestLog, type ReceivedRequest } from '../testing/received-requests.ts';
import { createTaskWaiters, type WaitForTaskOptions } from '../testing/wait-for-task.ts';
import type { TaskRow } from '../wire/page-data.ts';
import { createKeyCheck } from './api-keys.ts';
import { createApp } from './app.ts';
import { isLoopback } from './browser-guard.ts';
import { createFaultInjector, type Faults } from './faults.ts';
import type { LocalPlatformOptions } from './local-platform-options.ts';
import { openPageFiles } from './page-files.ts';
import { createRateLimit } from './rate-limit.ts';
import { createTaskEvents } from './task-events.ts';

// Without configured keys the platform accepts any key.
const defaultKey = 'local-key';

export type { LocalPlatformOptions } from './local-platform-options.ts';

/** A running local platform. */
export interface LocalPlatform extends AsyncDisposable {
  /** Base URL without a trailing slash, for `XPANDER_BASE_URL`. */
  readonly url: string;
  readonly databaseFile: string;
  /** An accepted API key, for `XPANDER_API_KEY`. */
  readonly key: string;
  /** Environment variables for a function: base URL, API key and the first of `agentIds`. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the injected faults; `undefined` removes them. */
  setFaults(faults: Faults | undefined): void;
  /** The tasks of one agent or of all agents with their reports, most recently updated first. */
  tasks(agentId?: string): readonly ReportedTask[];
  /**
   * Waits until a task is reported. Resolves at once if it has already been reported.
   *
   * @example
   * const task = await platform.waitForTask('task-1', { until: ({ status }) => status === 'failed' });
   *
   * @throws {TaskNotReportedError} at the timeout, or if the platform closes first
   */
  waitForTask(id: string, options?: WaitForTaskOptions): Promise<ReportedTask>;
  /** The API requests received, oldest first. Requests of the page are not included. */
  requests(): readonly ReceivedRequest[];
  /**
   * Finishes pending responses, ends waits and event streams, then closes server and database. Safe
   * to call again.
   */
  close(): Promise<void>;
}

/**
 * Starts a server that accepts reports like xpander.ai and stores them in SQLite.
 *
 * @example
 * await using platform = await startLocalPlatform();
 * const backend = new Backend({ baseUrl: platform.url, apiKey: platform.key });
 *
 * @throws {ConfigurationError} if an option is invalid, the database file cannot be used or the port
 * is in use
 */
export async function startLocalPlatform(
  options: LocalPlatformOptions = {},
): Promise<LocalPlatform> {
  const {
    port = 0,
    host = '127.0.0.1',
    databaseFile = ':memory:',
    apiKeys = [],
    organizationId = 'local',
    agentIds = [],
    bodyLimitBytes = 10 * 1024 * 1024,
    rateLimitPerMinute,
    maxTasks = defaultMaxTasks,
    requestLogSize = 1000,
    closeTimeoutMs = 5000,
  } = options;
  if (apiKeys.includes('')) {
    throw new ConfigurationError(
      'An API key of the local platform is empty. Remove it from "apiKeys".',
    );
  }
  if (!Number.isInteger(maxTasks) || maxTasks < 1) {
    throw new ConfigurationError(
      `"maxTasks" must be a whole number, 1 or more; it is ${maxTasks}.`,
    );
  }
  const store = openTaskStore(databaseFile, maxTasks);
  const waiters = createTaskWaiters(store.findReported);
  const events = createTaskEvents(store.page.list);
  const faults = createFaultInjector(options.faults);
  const log = createRequestLog(requestLogSize);
  const app = createApp({
    store,
    organizationId,
    checkKey: createKeyCheck(apiKeys),
    takeRate: createRateLimit({ perMinute: rateLimitPerMinute }),
    onSaved(saved) {
      events.publish(saved);
      waiters.onSaved(saved.task);
      callOnTask(options.onTask, saved.row);
    },
    onRejected: waiters.onRejected,
    page: { events, files: openPageFiles() },
    faults,
    log,
    bodyLimitBytes,
    loopbackOnly: isLoopback(host),
  });
  const server = createServer(
    getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: badRequest }),
  );
  try {
    for (const agentId of agentIds) {
      store.addAgent(agentId);
    }
    await listen(server, host, port);
  } catch (error) {
    store.close();
    throw error;
  }

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    faults.stop();
    waiters.end();
    events.end();
    await stop(server, closeTimeoutMs);
    store.close();
  }
  const url = baseUrl(host, server);
  const key = apiKeys[0] ?? defaultKey;
  const platform: LocalPlatform = {
    url,
    databaseFile,
    key,
    env: environmentFor(url, key, agentIds[0]),
    setFaults: faults.set,
    tasks: store.reportedTasks,
    waitForTask: waiters.waitFor,
    requests: log.entries,
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => platform.close(),
  };
  return platform;
}

function environmentFor(
  url: string,
  key: string,
  agentId: string | undefined,
): Readonly<Record<string, string>> {
  return {
    XPANDER_BASE_URL: url,
    XPANDER_API_KEY: key,
    ...(agentId !== undefined && { XPANDER_AGENT_ID: agentId }),
    // Functions send a key over plain HTTP only to loopback unless this is set.
    ...(!isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')) && {
      XPANDER_ALLOW_HTTP: 'true',
    }),
  };
}

function callOnTask(onTask: LocalPlatformOptions['onTask'], row: TaskRow): void {
  try {
    onTask?.(row);
  } catch {
    // An error of the callback must not fail the request, whose report is stored.
  }
}

function badRequest(): Response {
  return Response.json({ detail: 'The URL or the Host header is not valid' }, { status: 400 });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, resolve);
  });
}

function cannotListen(host: string, port: number, cause: Error): ConfigurationError {
  const message =
    'code' in cause && cause.code === 'EADDRINUSE'
      ? `Port ${port} of ${host} is in use. Stop the process that uses it, or choose another port (0 picks a free one).`
      : `Cannot listen on port ${port} of ${host}: ${cause.message}. Choose another port or host.`;
  return new ConfigurationError(message, { cause });
}

function baseUrl(host: string, server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // Not every system can connect to a wildcard address.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function stop(server: Server, timeoutMs: number): Promise<void> {
  // Keep-alive connections become idle after their last response, so they are closed repeatedly.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  clearTimeout(deadline);
}
