/** What outlives the process of a task: its journal entry, and the sentinel's knowledge of it. */

import type { ReporterSettings } from '../config/resolve-options.ts';
import type { LinkRun, RunJournal, RunStub } from '../delivery/journal/run-journal.ts';
import { durableExecutionId } from '../invocation/durable-execution.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { LinkedRun, SentinelLink } from '../sentinel/client/sentinel-connection.ts';
import { rawTask } from './journaled-task.ts';

export interface TaskJournal {
  /** Undefined for a task whose loss is not reported. */
  readonly stub: RunStub | undefined;
  /** The sentinel's knowledge of the task. */
  readonly linked: () => LinkedRun | undefined;
  /** Tells the sentinel again of a task that it takes for closed. */
  readonly relink: () => void;
  /** Writes down what a report can be made of. */
  readonly writeRaw: () => void;
  readonly close: () => void;
}

export interface TaskJournalParts {
  readonly settings: Pick<ReporterSettings, 'agentId' | 'baseUrl' | 'capture'>;
  /** Undefined where nothing outlives the process. */
  readonly stubs: RunJournal | undefined;
  readonly sentinel: SentinelLink | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly deadlineMs: number | undefined;
}

export function openTaskJournal(invocation: Invocation, parts: TaskJournalParts): TaskJournal {
  const { settings, sentinel } = parts;
  const { requestId } = invocation;
  let linked: LinkedRun | undefined;
  const link: LinkRun = (record, file) => {
    linked = sentinel?.begin({ requestId, stub: record, file });
    return linked;
  };
  const relink = (): void => {
    linked = sentinel?.begin({ requestId });
  };
  const stub = openJournalEntry(invocation, parts, link);
  if (linked === undefined) relink();
  return {
    stub,
    linked: () => linked,
    relink,
    writeRaw: () => stub?.add({ raw: rawTask(invocation, settings.capture) }),
    close() {
      stub?.close();
      linked?.close();
    },
  };
}

function openJournalEntry(
  invocation: Invocation,
  { settings: { agentId, baseUrl, capture }, stubs, startedAt, deadlineMs }: TaskJournalParts,
  link: LinkRun,
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
