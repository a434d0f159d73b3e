/**
 * The sentinel: an external extension that sends the reports of the function and reports how a task
 * ended if the function's process cannot. Lambda ends the function if an extension exits or stops
 * asking for events, so the sentinel continues after every internal error.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */

import { isManagedInstance } from '../../src/base/managed-instance.ts';
import { isSet } from '../../src/config/environment.ts';
import { readLogLevel } from '../../src/config/log-level.ts';
import { storageFolder } from '../../src/delivery/execution-environment/storage.ts';
import { parseAddress } from '../../src/delivery/lambda-extension/extensions-api.ts';
import {
  connectToLambda,
  type LambdaConnection,
} from '../../src/delivery/lambda-extension/lambda-connection.ts';
import { sentinelSocket } from '../../src/sentinel/protocol/socket-path.ts';
import { createExtensionLog } from '../../src/sentinel/server/extension-log.ts';
import { askForNext, register, subscribe } from '../../src/sentinel/server/lambda-events.ts';
import { createLateGuard, type LateGuard } from '../../src/sentinel/server/lazy-service.ts';
import { openSocket } from '../../src/sentinel/server/open-socket.ts';
import type { SentinelService, SentinelServiceParts } from '../../src/sentinel/server/service.ts';
import { listenForTelemetry } from '../../src/sentinel/server/telemetry-listener.ts';

const environment = process.env;
const log = createExtensionLog(readLogLevel(environment) ?? 'warn', environment);

// Lambda requires the file name of the launcher as the extension's name.
const name = environment['XPANDER_SENTINEL_NAME'] || 'xpander-sentinel';
// A call whose connection broke blocks later ones until the next event has been sent.
const retryMs = 100;
const maxQuickRetries = 50;
const slowRetryMs = 1_000;
// Lambda responds within milliseconds. The function's init does not wait longer than this.
const subscribeTimeoutMs = 1_000;

process.on('uncaughtException', logInternalError);
process.on('unhandledRejection', logInternalError);
void start().catch(logInternalError);
// Keeps the process alive while nothing else is pending.
setInterval(() => undefined, 2 ** 30);

async function start(): Promise<void> {
  const address = parseAddress(environment['AWS_LAMBDA_RUNTIME_API'] ?? '');
  const folder = storageFolder(environment);
  if (address === undefined || folder === undefined) {
    log.error('the sentinel is an extension of AWS Lambda and runs only there.');
    process.exit(1);
  }
  const isConcurrent = isManagedInstance(environment);
  const isDisabled = isSet(environment, 'disabled');
  const place = { folder, isManagedInstance: isConcurrent };
  const guard = isDisabled ? undefined : lateGuard(place);
  const refusal = guard && (await openSocket(folder, sentinelSocket(folder), guard.accept));
  if (refusal !== undefined) logInternalError(refusal);

  const lambda = connectToLambda(address);
  const events = isConcurrent || isDisabled ? ['SHUTDOWN'] : ['INVOKE', 'SHUTDOWN'];
  const registration = await register(lambda, name, events);
  if (registration.kind === 'refused') {
    log.error(`Lambda has rejected the sentinel: ${registration.reason}. It does nothing.`);
    return;
  }
  const { identifier } = registration;
  // Lambda starts the function's runtime after the registration.
  if (isConcurrent) guard?.wake();
  else if (guard !== undefined) await subscribeToTelemetry(lambda, identifier, guard);
  await handleEvents(lambda, identifier, guard);
}

let hasTelemetry = false;

function lateGuard(place: Pick<SentinelServiceParts, 'folder' | 'isManagedInstance'>): LateGuard {
  const load = async (): Promise<SentinelService> => {
    const { createSentinelService } = await import('../../src/sentinel/server/service.ts');
    return createSentinelService({ environment, ...place, hearsPlatform: () => hasTelemetry });
  };
  return createLateGuard(() => load().catch(logInternalError), isSet(environment, 'reportStart'));
}

/** Must finish before init ends. Not for Managed Instances, where Lambda sends no platform events. */
async function subscribeToTelemetry(
  lambda: LambdaConnection,
  identifier: string,
  guard: SentinelService,
): Promise<void> {
  const listen = async (): Promise<string | undefined> => {
    const port = await listenForTelemetry((events) => {
      hasTelemetry = true;
      for (const event of events) guard.hear(event);
    });
    return subscribe(lambda, identifier, port);
  };
  const refusal = await Promise.race([listen().catch(String), timeout(subscribeTimeoutMs)]);
  if (refusal !== undefined) log.debug(`telemetry is not available: ${refusal}.`);
}

/** Handles one event after another until the environment ends. */
async function handleEvents(
  lambda: LambdaConnection,
  identifier: string,
  guard: SentinelService | undefined,
): Promise<void> {
  for (let failures = 0; ; ) {
    await guard?.rest().catch(logInternalError);
    const next = await askForNext(lambda, identifier);
    if (next.kind === 'failed') {
      if (failures === 0) logInternalError(`asking for the next event failed: ${next.reason}`);
      failures += 1;
      await pause(failures <= maxQuickRetries ? retryMs : slowRetryMs);
      continue;
    }
    failures = 0;
    try {
      if (next.kind === 'invoke') await guard?.finish(next.event);
      else if (next.kind === 'other') await pause(retryMs);
      else await guard?.end(next.reason, next.deadlineMs);
    } catch (error) {
      logInternalError(error);
    }
    if (next.kind === 'shutdown') process.exit(0);
  }
}

function logInternalError(error: unknown): undefined {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  log.error(`the sentinel continues after an internal error: ${what}`);
  return undefined;
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs));
}

async function timeout(timeMs: number): Promise<string> {
  await pause(timeMs);
  return `Lambda did not respond within ${timeMs} ms`;
}
