import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ConfigurationError } from '../../errors.ts';
import type { ReportedTask } from '../store/stored-task.ts';
import { defaultMaxTasks, openTaskStore } from '../store/task-store.ts';
import { createRequestLog, type ReceivedRequest } from '../testing/received-requests.ts';
import { createTaskWaits, type WaitForTaskOptions } from '../testing/wait-for-task.ts';
import type { TaskRow } from '../wire/page-data.ts';
import { createKeyCheck } from './api-keys.ts';
import { createApp } from './app.ts';
import { isLoopback } from './browser-guard.ts';
import { createFaultSwitch, type Faults } from './faults.ts';
import { createLiveTasks } from './live-tasks.ts';
import type { LocalPlatformOptions } from './local-platform-options.ts';
import { openPageFiles } from './page-files.ts';
import { createRateLimit } from './rate-limit.ts';

// Without keys of its own the platform takes any.
const anyKey = 'local-key';

export type { LocalPlatformOptions } from './local-platform-options.ts';

/** A running local platform. */
export interface LocalPlatform extends AsyncDisposable {
  /** Base URL without a slash at its end, for `XPANDER_BASE_URL`. */
  readonly url: string;
  readonly databaseFile: string;
  /** An API key that it accepts, for `XPANDER_API_KEY`. */
  readonly key: string;
  /** The variables that make a function report here: base URL, key, the first of `agentIds`. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes calls fail from now on; `undefined` ends it. */
  setFaults(faults: Faults | undefined): void;
  /** The tasks of an agent, or of all, with their reports; the last updated first. */
  tasks(agentId?: string): readonly ReportedTask[];
  /**
   * Waits until a task is reported; resolves at once when it is there already.
   *
   * @example
   * const task = await platform.waitForTask('run-1', { until: ({ status }) => status === 'failed' });
   *
   * @throws {TaskNotReportedError} when it does not come in time or the platform closes.
   */
  waitForTask(id: string, options?: WaitForTaskOptions): Promise<ReportedTask>;
  /** The calls of the API that came in, oldest first; what the page asks for is not among them. */
  requests(): readonly ReceivedRequest[];
  /**
   * Finishes the answers under way, ends waiting and pages' streams, then closes server and
   * database. Can be called again.
   */
  close(): Promise<void>;
}

/**
 * Starts a server that takes reports as xpander.ai does, and keeps them in SQLite.
 *
 * @example
 * await using platform = await startLocalPlatform();
 * const backend = new Backend({ baseUrl: platform.url, apiKey: platform.key });
 *
 * @throws {ConfigurationError} when an option is wrong, the database file cannot be used or the
 * port is taken.
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
    throw new ConfigurationError('An API key of the local platform is empty. Leave it out.');
  }
  if (!Number.isInteger(maxTasks) || maxTasks < 1) {
    throw new ConfigurationError(
      `"maxTasks" is ${maxTasks}. Set a whole number of tasks, 1 at least.`,
    );
  }
  const store = openTaskStore(databaseFile, maxTasks);
  const waits = createTaskWaits(store.findReported);
  const live = createLiveTasks(store.page.list);
  const faults = createFaultSwitch(options.faults);
  const log = createRequestLog(requestLogSize);
  const app = createApp({
    store,
    organizationId,
    checkKey: createKeyCheck(apiKeys),
    takeRate: createRateLimit({ perMinute: rateLimitPerMinute }),
    onSaved(saved) {
      live.publish(saved);
      waits.onSaved(saved.task);
      callUser(options.onTask, saved.row);
    },
    onRefused: waits.onRefused,
    page: { live, files: openPageFiles() },
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
    faults.end();
    waits.end();
    live.end();
    await stop(server, closeTimeoutMs);
    store.close();
  }
  const url = baseUrl(host, server);
  const key = apiKeys[0] ?? anyKey;
  const platform: LocalPlatform = {
    url,
    databaseFile,
    key,
    env: environmentFor(url, key, agentIds[0]),
    setFaults: faults.set,
    tasks: store.reportedTasks,
    waitForTask: waits.waitFor,
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
    // Functions send a key over plain HTTP to their own machine alone, unless they are told to.
    ...(!isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')) && {
      XPANDER_ALLOW_HTTP: 'true',
    }),
  };
}

function callUser(onTask: LocalPlatformOptions['onTask'], row: TaskRow): void {
  try {
    onTask?.(row);
  } catch {
    // The report is stored; its sender has done nothing wrong.
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
      ? `Port ${port} of ${host} is in use. Stop what listens there, or choose another port (0 picks a free one).`
      : `Cannot listen on port ${port} of ${host}: ${cause.message}. Choose another port or host.`;
  return new ConfigurationError(message, { cause });
}

function baseUrl(host: string, server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // A wildcard address is none to connect to everywhere.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function stop(server: Server, timeoutMs: number): Promise<void> {
  // Connections kept alive become idle only after their last answer, so they are closed repeatedly.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const deadline = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  clearTimeout(deadline);
}
