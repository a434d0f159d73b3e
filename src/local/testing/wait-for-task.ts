import { XpanderError } from '../../errors.ts';
import type { ReportedTask, StoredTask } from '../store/stored-task.ts';

/** Options of {@link LocalPlatform.waitForTask}. */
export interface WaitForTaskOptions {
  /**
   * Agent of the task.
   * @default the agent that last reported this id
   */
  readonly agentId?: string;
  /**
   * Timeout in milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * Condition that the task must meet. Checked each time the task is reported.
   * @default any report
   */
  readonly until?: (task: ReportedTask) => boolean;
}

/** The expected task was not reported. The message lists the reports that were received. */
export class TaskNotReportedError extends XpanderError {
  override readonly name = 'TaskNotReportedError' as const;
}

/** Pending waits for tasks. */
export interface TaskWaiters {
  waitFor(id: string, options?: WaitForTaskOptions): Promise<ReportedTask>;
  onSaved(task: StoredTask): void;
  onRejected(agentId: string, statusCode: number): void;
  /** Rejects all pending waits. */
  end(): void;
}

interface Wait {
  readonly id: string;
  readonly agentId: string | undefined;
  /** The first reports received while waiting, oldest first. */
  readonly received: string[];
  receivedCount: number;
  /** Resolves if the task meets the condition. */
  check(): void;
  fail(reason: string): void;
}

const maxListed = 5;
const maxIdLength = 100;

/** @param find - reads a task by id; of any agent if the agent is undefined */
export function createTaskWaiters(
  find: (id: string, agentId: string | undefined) => ReportedTask | undefined,
): TaskWaiters {
  const waits = new Set<Wait>();
  let ended = false;

  function recordReport(description: string): void {
    for (const wait of waits) {
      wait.receivedCount += 1;
      if (wait.received.length < maxListed) wait.received.push(description);
    }
  }

  return {
    waitFor(id, { agentId, timeoutMs = 10_000, until = () => true } = {}) {
      return new Promise((resolve, reject) => {
        const wait: Wait = {
          id,
          agentId,
          received: [],
          receivedCount: 0,
          check() {
            try {
              const task = find(id, agentId);
              if (task === undefined || !until(task)) return;
              stop();
              resolve(task);
            } catch (error) {
              stop();
              reject(error);
            }
          },
          fail(reason) {
            stop();
            const lastReport = ended ? undefined : find(id, agentId);
            reject(new TaskNotReportedError(describeFailure(wait, reason, lastReport)));
          },
        };
        const timer = setTimeout(() => wait.fail(`within ${timeoutMs} ms`), timeoutMs);
        function stop(): void {
          clearTimeout(timer);
          waits.delete(wait);
        }
        if (ended) {
          wait.fail('because the local platform is closed');
          return;
        }
        waits.add(wait);
        wait.check();
      });
    },
    onSaved(task) {
      recordReport(`${quote(task.id)} of agent ${quote(task.agentId)} (${task.status})`);
      for (const wait of [...waits]) {
        if (wait.id === task.id && (wait.agentId ?? task.agentId) === task.agentId) wait.check();
      }
    },
    onRejected: (agentId, statusCode) =>
      recordReport(`a report of agent ${quote(agentId)} that was rejected with ${statusCode}`),
    end() {
      ended = true;
      for (const wait of [...waits]) wait.fail('before the local platform was closed');
    },
  };
}

function describeFailure(wait: Wait, reason: string, lastReport: ReportedTask | undefined): string {
  const ofAgent = wait.agentId === undefined ? '' : ` of agent ${quote(wait.agentId)}`;
  const what =
    lastReport === undefined
      ? `was not reported ${reason}.`
      : `was reported (${lastReport.status}, report ${lastReport.reportCount}) but did not meet \`until\` ${reason}.`;
  const more = wait.receivedCount - wait.received.length;
  const received =
    wait.receivedCount === 0
      ? 'No other reports were received.'
      : `Received instead: ${wait.received.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
  return `Task ${quote(wait.id)}${ofAgent} ${what} ${received}`;
}

function quote(id: string): string {
  return JSON.stringify(id.length > maxIdLength ? `${id.slice(0, maxIdLength)}…` : id);
}
