/** Opens the stub of a task: what remains of it if its process dies. */

import type { ReporterSettings } from '../config/resolve-options.ts';
import type { LinkRun, RunStub, RunStubs } from '../delivery/journal/run-journal.ts';
import { durableExecutionId } from '../invocation/durable-execution.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { rawTask } from './journaled-task.ts';

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
