/** What outlives the process of a task: its journal entry, and its link to the sentinel. */

import type { ReporterSettings } from '../config/resolve-options.ts';
import type { LinkRun, RunJournal, RunStub } from '../delivery/journal/run-journal.ts';
import { durableExecutionId } from '../invocation/durable-execution.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { LinkedRun, SentinelLink } from '../sentinel/client/sentinel-connection.ts';
import { rawTask } from './journaled-task.ts';

export interface TaskJournal {
  /** Undefined for a task that is not recovered after a crash. */
  readonly stub: RunStub | undefined;
  /** The link to the sentinel. */
  readonly linked: () => LinkedRun | undefined;
  /** Registers a task again that the sentinel considers closed. */
  readonly relink: () => void;
  /** Stores the raw data that a report can be built from. */
  readonly writeRaw: () => void;
  readonly close: () => void;
}

export interface TaskJournalParts {
  readonly settings: Pick<ReporterSettings, 'agentId' | 'baseUrl' | 'capture'>;
  /** Undefined if nothing can be stored. */
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
  // A durable execution continues after one of its invocations has crashed.
  if (durableExecutionId(lambdaEvent) !== undefined) return undefined;
  const record = { id, agentId, baseUrl, startedAt, deadlineMs };
  return stubs?.open(record, {
    isUnwanted: () => recorded().skipped,
    raw: () => rawTask(invocation, capture),
    link,
  });
}
