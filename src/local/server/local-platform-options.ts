import type { TaskRow } from '../wire/page-data.ts';
import type { Faults } from './faults.ts';

/** Settings of `startLocalPlatform`. */
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
   * How many tasks are kept; the oldest go when more come.
   * @default 100000
   */
  readonly maxTasks?: number;
  /**
   * Called for each report that is accepted, after it was stored. What it throws is ignored.
   * @default nothing
   */
  readonly onTask?: (task: TaskRow) => void;
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
