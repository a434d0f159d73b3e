import type { TaskRow } from '../wire/page-data.ts';
import type { Faults } from './faults.ts';

/** Options of `startLocalPlatform`. */
export interface LocalPlatformOptions {
  /**
   * TCP port; 0 for a free port.
   * @default 0
   */
  readonly port?: number;
  /**
   * Address or host name to listen on. Other machines can connect unless it is loopback.
   * @default '127.0.0.1'
   */
  readonly host?: string;
  /**
   * SQLite file for the tasks. Created if it does not exist.
   * @default ':memory:'
   */
  readonly databaseFile?: string;
  /**
   * Accepted values of `x-api-key`. Other keys get status 403.
   * @default any key
   */
  readonly apiKeys?: readonly string[];
  /**
   * Organization of all tasks and agents.
   * @default 'local'
   */
  readonly organizationId?: string;
  /**
   * Agents that exist from the start. Other agents are created by their first report.
   * @default none
   */
  readonly agentIds?: readonly string[];
  /**
   * Maximum size of a request body in bytes. Larger bodies get status 413.
   * @default 10 MiB
   */
  readonly bodyLimitBytes?: number;
  /**
   * Maximum requests in any 60 seconds. Further requests get status 429 and `Retry-After`.
   * @default no limit
   */
  readonly rateLimitPerMinute?: number;
  /**
   * Faults to inject from the start.
   * @default none
   */
  readonly faults?: Faults;
  /**
   * Maximum number of stored tasks. The oldest tasks are removed first.
   * @default 100000
   */
  readonly maxTasks?: number;
  /**
   * Called for each accepted report after it is stored. Errors that it throws are ignored.
   * @default none
   */
  readonly onTask?: (task: TaskRow) => void;
  /**
   * Number of requests, including bodies, that `requests()` returns.
   * @default 1000
   */
  readonly requestLogSize?: number;
  /**
   * Time in milliseconds that `close()` waits for pending responses before it disconnects clients.
   * @default 5000
   */
  readonly closeTimeoutMs?: number;
}
