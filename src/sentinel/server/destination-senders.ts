/** The senders of all destinations that the function's reporters name, and that of the environment. */

import type { Log } from '../../base/log.ts';
import type { Environment } from '../../config/environment.ts';
import { resolveBaseUrl } from '../../config/platform-configuration.ts';
import type { ResolvedOptions } from '../../config/resolve-options.ts';
import { logDamagedEntry } from '../../delivery/dead-letter/dead-letter.ts';
import { openDestination } from '../../delivery/destination.ts';
import { noteTimeout } from '../../delivery/execution-environment/function-timeout.ts';
import { runsFolder, type Storage } from '../../delivery/execution-environment/storage.ts';
import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import {
  correctsTimeout,
  endOf,
  findOrphanedTasks,
  isReportedWell,
  type OrphanOutcome,
  outcomeOf,
} from '../../delivery/journal/orphaned-runs.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import { type DestinationName, keySource, nameDestination } from '../protocol/destination-name.ts';
import {
  createDestinationSender,
  type DestinationSender,
  type DestinationSenderRules,
} from './destination-sender.ts';

export interface DestinationSenders {
  /** Undefined when nobody can report there from here. */
  readonly deskFor: (destination: DestinationName) => DestinationSender | undefined;
  readonly all: () => readonly DestinationSender[];
  readonly own:
    | { readonly agentId: string; readonly baseUrl: string; readonly sender: DestinationSender }
    | undefined;
}

export interface DestinationSendersParts extends DestinationSenderRules {
  readonly environment: Environment;
  readonly resolved: ResolvedOptions;
  readonly storage: Storage;
  readonly lostReport: (stub: JournalEntry, outcome: OrphanOutcome) => WireTaskReport;
  readonly log: Log;
}

// A function names one, or a few; each has a spool of its own.
const mostDesks = 16;

export function openDestinationSenders(parts: DestinationSendersParts): DestinationSenders {
  const { environment, resolved, storage, log } = parts;
  const senders = new Map<string, DestinationSender>();

  const deskFor = (name: DestinationName): DestinationSender | undefined => {
    const key = JSON.stringify([name.agentId, name.baseUrl, name.key]);
    const open = senders.get(key);
    if (open !== undefined || senders.size >= mostDesks) return open;
    const apiKey = keySource(name.key, environment);
    if (apiKey === undefined || !isAllowed(name.baseUrl, environment)) return undefined;
    const { agentId, baseUrl } = name;
    const sender = createDestinationSender(
      openDestination({ agentId, apiKey, baseUrl }, log, storage),
      parts,
    );
    senders.set(key, sender);
    adoptLostRuns(sender, name, parts);
    return sender;
  };

  const name =
    resolved.kind === 'enabled' ? nameDestination(resolved.settings, environment) : undefined;
  const sender = name && deskFor(name);
  const own = name && sender && { agentId: name.agentId, baseUrl: name.baseUrl, sender };
  return { deskFor, all: () => [...senders.values()], own };
}

/** What an earlier environment has left, whose sentinel died as well. */
function adoptLostRuns(
  sender: DestinationSender,
  { agentId, baseUrl }: DestinationName,
  { storage, lostReport, freezes, log }: DestinationSendersParts,
): void {
  const onDamaged = (): void => logDamagedEntry(log);
  for (const { stub, forget } of findOrphanedTasks(runsFolder(storage.folder), onDamaged)) {
    if (stub.agentId !== agentId || stub.baseUrl !== baseUrl) continue;
    if (stub.deadlineMs !== undefined) noteTimeout(stub.deadlineMs - stub.startedAt);
    if (isReportedWell(stub)) {
      forget();
      continue;
    }
    const report = lostReport(stub, outcomeOf(stub, Date.now()));
    const endedAt = endOf(stub);
    if (correctsTimeout(stub)) sender.take(report, forget, { birth: freezes.count(), endedAt });
    else sender.takeLost(report, endedAt, forget);
  }
}

/** The key is not sent where the function itself would not send it. */
function isAllowed(baseUrl: string, environment: Environment): boolean {
  try {
    const { origin, pathname } = new URL(baseUrl);
    resolveBaseUrl({ baseUrl: origin, organizationId: 'any' }, environment);
    return pathname !== '';
  } catch {
    return false;
  }
}
