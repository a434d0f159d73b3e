/** Opens the stub of a task: what remains of it if its process dies. */
import { durableExecutionId } from '../capture/durable-execution.ts';
import type { Invocation } from '../capture/invocation.ts';
import type { LinkRun, RunStub, RunStubs } from '../delivery/stub/run-stubs.ts';
import type { ReporterSettings } from '../options.ts';
import { rawTask } from './raw-task.ts';

export interface TaskStubParts {
  readonly settings: Pick<ReporterSettings, 'agentId' | 'baseUrl' | 'capture'>;
  /** Undefined where nothing outlives the process. */
  readonly stubs: RunStubs | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly deadlineMs: number | undefined;
  readonly link: LinkRun;
}

export function openTaskStub(
  invocation: Invocation,
  { settings: { agentId, baseUrl, capture }, stubs, startedAt, deadlineMs, link }: TaskStubParts,
): RunStub | undefined {
  const { id, lambdaEvent, recorded } = invocation;
  // An execution in several invocations goes on after one of them has died.
  if (durableExecutionId(lambdaEvent) !== undefined) return undefined;
  const record = { id, agentId, baseUrl, startedAt, deadlineMs };
  return stubs?.open(record, {
    isUnwanted: () => recorded().skipped,
    raw: () => rawTask(invocation, capture),
    link,
  });
}
