import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ConfigurationError } from '../errors.ts';
import { createKeyCheck } from './api-keys.ts';
import { createApp } from './app.ts';
import { isLoopback } from './browser-guard.ts';
import { createFaultSwitch, type Faults } from './faults.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRequestLog, type ReceivedRequest } from './received-requests.ts';
import { openTaskStore, type ReportedTask } from './task-store.ts';

/** Settings of {@link startLocalPlatform}. */
export interface LocalPlatformOptions {
  /**
   * TCP port; 0 picks a free one.
   * @default 0
   */
  readonly port?: number;
  /**
   * Address or name to listen on. Other than loopback, other machines can reach the platform.
   * @default '127.0.0.1'
   */
  readonly host?: string;
  /**
   * SQLite file that keeps the tasks; made when it does not exist.
   * @default ':memory:'
   */
  readonly databaseFile?: string;
  /**
   * Keys that are accepted in `x-api-key`; others are answered with 403.
   * @default any key
   */
  readonly apiKeys?: readonly string[];
  /**
   * Organization that tasks and agents belong to.
   * @default 'local'
   */
  readonly organizationId?: string;
  /**
   * Agents that exist from the start; others come into being with their first report.
   * @default none
   */
  readonly agentIds?: readonly string[];
  /**
   * Largest request body in bytes; a larger one is answered with 413.
   * @default 10 MiB
   */
  readonly bodyLimitBytes?: number;
  /**
   * Calls in any 60 seconds; more are answered with 429 and `Retry-After`.
   * @default no limit
   */
  readonly rateLimitPerMinute?: number;
  /**
   * Faults from the start.
   * @default none
   */
  readonly faults?: Faults;
  /**
   * How many requests `requests()` remembers, bodies included.
   * @default 1000
   */
  readonly requestLogSize?: number;
  /**
   * How long `close()` waits for answers under way, in milliseconds, before it cuts them off.
   * @default 5000
   */
  readonly closeTimeoutMs?: number;
}

/** A running local platform. */
export interface LocalPlatform extends AsyncDisposable {
  /** Base URL without a slash at its end, for `XPANDER_BASE_URL`. */
  readonly url: string;
  readonly databaseFile: string;
  /** Makes calls fail from now on; `undefined` ends it. */
  setFaults(faults: Faults | undefined): void;
  /** The tasks of an agent, or of all, with their reports; the last updated first. */
  tasks(agentId?: string): readonly ReportedTask[];
  /** What came in, oldest first. */
  requests(): readonly ReceivedRequest[];
  /** Finishes the answers under way, then closes server and database. Can be called again. */
  close(): Promise<void>;
}

/**
 * Starts a server that takes reports as xpander.ai does, and keeps them in SQLite.
 *
 * @example
 * await using platform = await startLocalPlatform();
 * const backend = new Backend({ baseUrl: platform.url, apiKey: 'any' });
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
    requestLogSize = 1000,
    closeTimeoutMs = 5000,
  } = options;
  if (apiKeys.includes('')) {
    throw new ConfigurationError('An API key of the local platform is empty. Leave it out.');
  }
  const store = openTaskStore(databaseFile);
  const faults = createFaultSwitch(options.faults);
  const log = createRequestLog(requestLogSize);
  const app = createApp({
    store,
    organizationId,
    checkKey: createKeyCheck(apiKeys),
    takeRate: createRateLimit({ perMinute: rateLimitPerMinute }),
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
    await stop(server, closeTimeoutMs);
    store.close();
  }
  const platform: LocalPlatform = {
    url: baseUrl(host, server),
    databaseFile,
    setFaults: faults.set,
    tasks: store.reportedTasks,
    requests: log.entries,
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => platform.close(),
  };
  return platform;
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
