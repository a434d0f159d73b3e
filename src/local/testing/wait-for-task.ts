import { XpanderError } from '../../errors.ts';
import type { ReportedTask, StoredTask } from '../store/stored-task.ts';

/** What {@link LocalPlatform.waitForTask} waits for. */
export interface WaitForTaskOptions {
  /**
   * Agent whose task it is.
   * @default the agent that reported under this id last
   */
  readonly agentId?: string;
  /**
   * How long to wait, in milliseconds.
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * Whether the task is as it should be; asked again each time it is reported.
   * @default as soon as it is there
   */
  readonly until?: (task: ReportedTask) => boolean;
}

/** The task that was waited for did not come; the message says what came instead. */
export class TaskNotReportedError extends XpanderError {
  override readonly name = 'TaskNotReportedError' as const;
}

/** Those who wait for tasks. */
export interface TaskWaits {
  waitFor(id: string, options?: WaitForTaskOptions): Promise<ReportedTask>;
  /** To be called after each save. */
  onSaved(task: StoredTask): void;
  onRefused(agentId: string, statusCode: number): void;
  /** Ends all waiting. */
  end(): void;
}

interface Wait {
  readonly id: string;
  readonly agentId: string | undefined;
  /** What arrived while it waits, oldest first; the first few, and how many in all. */
  readonly arrivals: string[];
  arrivalCount: number;
  look(): void;
  fail(reason: string): void;
}

const mostNamed = 5;
const longestId = 100;

/** @param find - reads a task by its id, of whatever agent without one */
export function createTaskWaits(
  find: (id: string, agentId: string | undefined) => ReportedTask | undefined,
): TaskWaits {
  const waits = new Set<Wait>();
  let ended = false;

  function note(arrival: string): void {
    for (const wait of waits) {
      wait.arrivalCount += 1;
      if (wait.arrivals.length < mostNamed) wait.arrivals.push(arrival);
    }
  }

  return {
    waitFor(id, { agentId, timeoutMs = 10_000, until = () => true } = {}) {
      return new Promise((resolve, reject) => {
        const wait: Wait = {
          id,
          agentId,
          arrivals: [],
          arrivalCount: 0,
          look() {
            try {
              const task = find(id, agentId);
              if (task === undefined || !until(task)) return;
              leave();
              resolve(task);
            } catch (error) {
              leave();
              reject(error);
            }
          },
          fail(reason) {
            leave();
            const there = ended ? undefined : find(id, agentId);
            reject(new TaskNotReportedError(describeWait(wait, reason, there)));
          },
        };
        const timer = setTimeout(() => wait.fail(`within ${timeoutMs} ms`), timeoutMs);
        function leave(): void {
          clearTimeout(timer);
          waits.delete(wait);
        }
        if (ended) {
          wait.fail('because the local platform is closed');
          return;
        }
        waits.add(wait);
        wait.look();
      });
    },
    onSaved(task) {
      note(`${quote(task.id)} of agent ${quote(task.agentId)} (${task.status})`);
      for (const wait of [...waits]) {
        if (wait.id === task.id && (wait.agentId ?? task.agentId) === task.agentId) wait.look();
      }
    },
    onRefused: (agentId, statusCode) =>
      note(`a report of agent ${quote(agentId)} that was refused with ${statusCode}`),
    end() {
      ended = true;
      for (const wait of [...waits]) wait.fail('before the local platform was closed');
    },
  };
}

function describeWait(wait: Wait, reason: string, there: ReportedTask | undefined): string {
  const ofAgent = wait.agentId === undefined ? '' : ` of agent ${quote(wait.agentId)}`;
  const what =
    there === undefined
      ? `was not reported ${reason}.`
      : `was reported (${there.status}, report ${there.reportCount}), but not as \`until\` asks ${reason}.`;
  const more = wait.arrivalCount - wait.arrivals.length;
  const arrived =
    wait.arrivalCount === 0
      ? 'Nothing arrived meanwhile.'
      : `Meanwhile arrived: ${wait.arrivals.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
  return `Task ${quote(wait.id)}${ofAgent} ${what} ${arrived}`;
}

function quote(id: string): string {
  return JSON.stringify(id.length > longestId ? `${id.slice(0, longestId)}…` : id);
}
