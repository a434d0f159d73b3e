/** Creates everything that a process needs to report to one destination. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { wallClockMs } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ApiKeySource } from '../config/api-key-source.ts';
import { sendInBackground } from './background-delivery.ts';
import { createApiKeyProvider } from './credentials/api-key.ts';
import { logDamagedReport } from './dead-letter/dead-letter.ts';
import { sharedFreezes } from './execution-environment/freezes.ts';
import type { Storage } from './execution-environment/storage.ts';
import { createSendPolicy } from './policy/send-policy.ts';
import { createDeliveryQueue, type DeliveryQueue } from './queue/delivery-queue.ts';
import type { ReportDestination } from './send/send-report.ts';
import { createSpool, type Spool } from './spool/spool.ts';

export interface Opened {
  readonly destination: ReportDestination;
  readonly deliveryQueue: DeliveryQueue;
}

export interface DestinationSettings {
  readonly agentId: string;
  readonly apiKey: ApiKeySource;
  readonly baseUrl: string;
}

const opened = new Map<string, Opened>();

/** Reporters with the same destination share its delivery queue, and back off together. */
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
  const deliveryQueue = createDeliveryQueue({
    destination,
    sendPolicy: createSendPolicy(),
    freezes: sharedFreezes(),
    spool: storage && openSpool(storage, { agentId, apiKey, baseUrl }, log),
    logsKept: storage?.endsUnannounced ?? false,
    isNeverFrozen: storage?.isNeverFrozen ?? false,
    log,
  });
  if (storage?.isShared) sendInBackground(deliveryQueue);
  return { destination, deliveryQueue };
}

// An eighth of the smallest /tmp, divided among 16 workers; there are eight workers per CPU. A
// thousand small files take as much space, because a disk allocates blocks of 4 KiB.
const shareOfWorker = { maxBytes: 4 * 1024 * 1024, maxCount: 1_000 };

function openSpool({ folder, isShared }: Storage, settings: DestinationSettings, log: Log): Spool {
  return createSpool({
    folder: spoolFolder(folder, settings),
    onDamaged: (file) => logDamagedReport(log, file),
    ...(isShared && { ...shareOfWorker, leftUntil: wallClockMs() - process.uptime() * 1_000 }),
  });
}

/** One folder per delivery queue, so that a report has one owner. Each API key has a queue. */
function spoolFolder(folder: string, { agentId, apiKey, baseUrl }: DestinationSettings): string {
  const destination = createHash('sha256')
    .update(JSON.stringify([baseUrl, agentId, ...keyParts(apiKey)]))
    .digest('hex');
  return join(folder, `spool-${destination.slice(0, 16)}`);
}

/** The fields in a fixed order, however the object was built. */
function keyParts(key: ApiKeySource): readonly unknown[] {
  return key.kind === 'value' ? [key.apiKey] : [key.kind, key.secretId, key.field];
}
