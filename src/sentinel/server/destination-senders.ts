/** The desks of all destinations that the function's reporters name, and that of the environment. */

import type { Log } from '../../base/log.ts';
import type { Environment } from '../../config/environment.ts';
import { resolveBaseUrl } from '../../config/platform-configuration.ts';
import type { ResolvedOptions } from '../../config/resolve-options.ts';
import { logDamagedEntry } from '../../delivery/dead-letter/dead-letter.ts';
import { openDestination } from '../../delivery/destination.ts';
import { noteTimeout } from '../../delivery/execution-environment/function-timeout.ts';
import { runsFolder, type Storage } from '../../delivery/execution-environment/storage.ts';
import type { StubRecord } from '../../delivery/journal/journal-entry.ts';
import {
  correctsTimeout,
  endOf,
  findLostRuns,
  isReportedWell,
  type LostOutcome,
  outcomeOf,
} from '../../delivery/journal/orphaned-runs.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import { type DestinationName, keySource, nameDestination } from '../protocol/destination-name.ts';
import { createDesk, type Desk, type DeskRules } from './destination-sender.ts';

export interface Desks {
  /** Undefined when nobody can report there from here. */
  readonly deskFor: (destination: DestinationName) => Desk | undefined;
  readonly all: () => readonly Desk[];
  readonly own:
    | { readonly agentId: string; readonly baseUrl: string; readonly desk: Desk }
    | undefined;
}

export interface DesksParts extends DeskRules {
  readonly environment: Environment;
  readonly resolved: ResolvedOptions;
  readonly storage: Storage;
  readonly lostReport: (stub: StubRecord, outcome: LostOutcome) => WireTaskReport;
  readonly log: Log;
}

// A function names one, or a few; each has a spool of its own.
const mostDesks = 16;

export function openDesks(parts: DesksParts): Desks {
  const { environment, resolved, storage, log } = parts;
  const desks = new Map<string, Desk>();

  const deskFor = (name: DestinationName): Desk | undefined => {
    const key = JSON.stringify([name.agentId, name.baseUrl, name.key]);
    const open = desks.get(key);
    if (open !== undefined || desks.size >= mostDesks) return open;
    const apiKey = keySource(name.key, environment);
    if (apiKey === undefined || !isAllowed(name.baseUrl, environment)) return undefined;
    const { agentId, baseUrl } = name;
    const desk = createDesk(openDestination({ agentId, apiKey, baseUrl }, log, storage), parts);
    desks.set(key, desk);
    adoptLostRuns(desk, name, parts);
    return desk;
  };

  const name =
    resolved.kind === 'enabled' ? nameDestination(resolved.settings, environment) : undefined;
  const desk = name && deskFor(name);
  const own = name && desk && { agentId: name.agentId, baseUrl: name.baseUrl, desk };
  return { deskFor, all: () => [...desks.values()], own };
}

/** What an earlier environment has left, whose sentinel died as well. */
function adoptLostRuns(
  desk: Desk,
  { agentId, baseUrl }: DestinationName,
  { storage, lostReport, freezes, log }: DesksParts,
): void {
  const onDamaged = (): void => logDamagedEntry(log);
  for (const { stub, forget } of findLostRuns(runsFolder(storage.folder), onDamaged)) {
    if (stub.agentId !== agentId || stub.baseUrl !== baseUrl) continue;
    if (stub.deadlineMs !== undefined) noteTimeout(stub.deadlineMs - stub.startedAt);
    if (isReportedWell(stub)) {
      forget();
      continue;
    }
    const report = lostReport(stub, outcomeOf(stub, Date.now()));
    const endedAt = endOf(stub);
    if (correctsTimeout(stub)) desk.take(report, forget, { birth: freezes.count(), endedAt });
    else desk.takeLost(report, endedAt, forget);
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
