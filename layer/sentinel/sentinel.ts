/**
 * The sentinel: an external extension that takes over what the function's reporters have to say,
 * and says how a run ended when its process cannot. Lambda ends the function when an extension
 * exits, or does not ask for the next event: whatever goes wrong here, it goes on asking.
 */

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
import type { Guard, GuardParts } from '../../src/sentinel/server/service.ts';
import { listenForTelemetry } from '../../src/sentinel/server/telemetry-listener.ts';

const environment = process.env;
const log = createExtensionLog(readLogLevel(environment) ?? 'warn', environment);

// The launcher's name, which Lambda demands.
const name = environment['XPANDER_SENTINEL_NAME'] || 'xpander-sentinel';
// What Lambda's own agent needs: a lost call keeps its place until the next event is through.
const retryMs = 100;
const quickRetries = 50;
const slowRetryMs = 1_000;
// Lambda answers within milliseconds; the function's start does not wait for longer.
const longestSetUpMs = 1_000;

process.on('uncaughtException', complain);
process.on('unhandledRejection', complain);
void start().catch(complain);
// Nothing else may be left to do for a while.
setInterval(() => undefined, 2 ** 30);

async function start(): Promise<void> {
  const address = parseAddress(environment['AWS_LAMBDA_RUNTIME_API'] ?? '');
  const folder = storageFolder(environment);
  if (address === undefined || folder === undefined) {
    log.error('the sentinel is an extension of AWS Lambda, and runs nowhere else.');
    process.exit(1);
  }
  const isManagedInstance =
    environment['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'lambda-managed-instances';
  const isDisabled = isSet(environment, 'disabled');
  const place = { folder, isManagedInstance };
  const guard = isDisabled ? undefined : lateGuard(place);
  const refusal = guard && (await openSocket(folder, sentinelSocket(folder), guard.accept));
  if (refusal !== undefined) complain(refusal);

  const lambda = connectToLambda(address);
  const events = isManagedInstance || isDisabled ? ['SHUTDOWN'] : ['INVOKE', 'SHUTDOWN'];
  const registration = await register(lambda, name, events);
  if (registration.kind === 'refused') {
    log.error(`Lambda does not take the sentinel: ${registration.reason}. It does nothing.`);
    return;
  }
  const { identifier } = registration;
  // From here on the function's runtime starts beside this.
  if (isManagedInstance) guard?.wake();
  else if (guard !== undefined) await hearPlatform(lambda, identifier, guard);
  await follow(lambda, identifier, guard);
}

let hasHeard = false;

function lateGuard(place: Pick<GuardParts, 'folder' | 'isManagedInstance'>): LateGuard {
  const load = async (): Promise<Guard> => {
    const { createGuard } = await import('../../src/sentinel/server/service.ts');
    return createGuard({ environment, ...place, hearsPlatform: () => hasHeard });
  };
  return createLateGuard(() => load().catch(complain), isSet(environment, 'reportStart'));
}

/** Subscribes to the platform's events, before init ends. On Managed Instances it sends none. */
async function hearPlatform(
  lambda: LambdaConnection,
  identifier: string,
  guard: Guard,
): Promise<void> {
  const listen = async (): Promise<string | undefined> => {
    const port = await listenForTelemetry((events) => {
      hasHeard = true;
      for (const event of events) guard.hear(event);
    });
    return subscribe(lambda, identifier, port);
  };
  const refusal = await Promise.race([listen().catch(String), afterwards(longestSetUpMs)]);
  if (refusal !== undefined) log.debug(`there is no telemetry: ${refusal}.`);
}

/** Asks for event after event until the environment ends. */
async function follow(
  lambda: LambdaConnection,
  identifier: string,
  guard: Guard | undefined,
): Promise<void> {
  for (let failures = 0; ; ) {
    await guard?.rest().catch(complain);
    const next = await askForNext(lambda, identifier);
    if (next.kind === 'failed') {
      if (failures === 0) complain(`Lambda's next event cannot be asked for: ${next.reason}`);
      failures += 1;
      await pause(failures <= quickRetries ? retryMs : slowRetryMs);
      continue;
    }
    failures = 0;
    try {
      if (next.kind === 'invoke') await guard?.finish(next.event);
      else if (next.kind === 'other') await pause(retryMs);
      else await guard?.end(next.reason, next.deadlineMs);
    } catch (fault) {
      complain(fault);
    }
    if (next.kind === 'shutdown') process.exit(0);
  }
}

function complain(fault: unknown): undefined {
  const what = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
  log.error(`the sentinel goes on after a fault: ${what}`);
  return undefined;
}

function pause(timeMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, timeMs));
}

async function afterwards(timeMs: number): Promise<string> {
  await pause(timeMs);
  return 'no answer';
}
