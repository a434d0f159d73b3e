/** Everything that a process needs to report to one place. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { type ApiKeySource, createApiKeyProvider } from './api-key.ts';
import { logDamagedReport } from './dead-letter.ts';
import { createGate } from './gate.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { ReportDestination } from './report-sender.ts';
import { sendInBackground } from './send-in-background.ts';
import { createSpool, type Spool } from './spool/spool.ts';
import type { Storage } from './storage.ts';

export interface Opened {
  readonly destination: ReportDestination;
  readonly outbox: Outbox;
}

export interface DestinationSettings {
  readonly agentId: string;
  readonly apiKey: ApiKeySource;
  readonly baseUrl: string;
}

const opened = new Map<string, Opened>();

/** Reporters with one destination share what waits for it, and back off together. */
export function openDestination(
  settings: DestinationSettings,
  log: Log,
  storage: Storage | undefined,
): Opened {
  if (storage === undefined) return newDestination(settings, log, storage);
  const { agentId, apiKey, baseUrl } = settings;
  const key = JSON.stringify([agentId, apiKey, baseUrl]);
  const open = opened.get(key) ?? newDestination(settings, log, storage);
  opened.set(key, open);
  return open;
}

function newDestination(
  { agentId, apiKey, baseUrl }: DestinationSettings,
  log: Log,
  storage: Storage | undefined,
): Opened {
  const apiKeys = createApiKeyProvider(apiKey, {
    onRefreshFailed: ({ message }) => log.warn(`an old API key stays in use: ${message}`),
  });
  const destination = { baseUrl, agentId, apiKeys };
  const outbox = createOutbox({
    destination,
    gate: createGate(),
    spool: storage && openSpool(storage, destination, log),
    logsKept: storage?.endsUnannounced ?? false,
    log,
  });
  if (storage?.isShared) sendInBackground(outbox);
  return { destination, outbox };
}

// An eighth of the smallest /tmp among 16 workers; there are eight for each CPU. A thousand files
// take as much even if they are small, because a disk counts blocks of 4 KiB.
const shareOfWorker = { maxBytes: 4 * 1024 * 1024, maxCount: 1_000 };

function openSpool({ folder, isShared }: Storage, destination: ReportDestination, log: Log): Spool {
  return createSpool({
    folder: spoolFolder(folder, destination),
    onDamaged: (file) => logDamagedReport(log, file),
    ...(isShared && shareOfWorker),
  });
}

/** Of one destination: agent and place say which key opens it. */
function spoolFolder(folder: string, { agentId, baseUrl }: ReportDestination): string {
  const destination = createHash('sha256').update(`${baseUrl}\n${agentId}`).digest('hex');
  return join(folder, `spool-${destination.slice(0, 16)}`);
}
