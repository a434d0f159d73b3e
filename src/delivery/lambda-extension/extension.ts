/** Registers the internal extension of this process, once, on first use. */

import { isMainThread } from 'node:worker_threads';
import { createLog } from '../../base/log.ts';
import { isManagedInstance } from '../../base/managed-instance.ts';
import type { Environment } from '../../config/environment.ts';
import { sharedFreezes } from '../execution-environment/freezes.ts';
import { type ApiAddress, parseAddress } from './extensions-api.ts';
import { askForNext, nextCall, register } from './extensions-client.ts';
import { followInvocations, type InvocationLoop } from './invocation-loop.ts';
import { connectToLambda } from './lambda-connection.ts';
import type { RuntimeClient } from './runtime-client.ts';

export interface Extension {
  /** Keeps the environment from being frozen; undefined if that is not possible. */
  readonly hold: InvocationLoop['hold'];
  /** Whether `hold` would succeed. */
  readonly canHold: InvocationLoop['canHold'];
  /** Resolves to why Lambda refused the registration, or to undefined. Never rejects. */
  readonly refusal: Promise<string | undefined>;
}

// On the global object: Lambda refuses a second registration by another copy of this package.
const key = Symbol.for('xpander-lambda.extension.2');
const shared: Partial<Record<symbol, Extension>> = globalThis;

// Lambda responds within milliseconds. If it does not, the function starts anyway.
const longestWaitMs = 1_000;

/**
 * Returns the extension, and registers it on the first call. Lambda accepts registrations until the
 * runtime asks for its first event, so that request waits for the response to the registration.
 *
 * @returns undefined where no extension is possible
 */
export function joinExtension(
  environment: Environment,
  runtime: RuntimeClient | undefined,
): Extension | undefined {
  const address = extensionAddress(environment);
  if (address === undefined || runtime === undefined) return undefined;
  shared[key] ??= startExtension(address, runtime);
  return shared[key];
}

/** The address of the Extensions API; undefined where no internal extension is possible. */
function extensionAddress(environment: Environment): ApiAddress | undefined {
  const runtimeApi = environment['AWS_LAMBDA_RUNTIME_API'];
  // A snapshot would contain a connection that is dead in every restored environment.
  const isSnapshot = environment['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'snap-start';
  if (!runtimeApi || isManagedInstance(environment) || isSnapshot) return undefined;
  // Lambda does not wait for a worker thread that the user's code started.
  if (!isMainThread) return undefined;
  return parseAddress(runtimeApi);
}

function startExtension(address: ApiAddress, runtime: RuntimeClient): Extension {
  const lambda = connectToLambda(address);
  let loop: InvocationLoop | undefined;
  const start = async (): Promise<string | undefined> => {
    const registration = await register(lambda);
    if (registration.kind === 'refused') {
      lambda.close();
      return registration.reason;
    }
    const { identifier } = registration;
    const participant = sharedFreezes().join();
    loop = followInvocations({
      async ask() {
        participant.asks();
        const next = await askForNext(lambda, identifier);
        if (next.kind === 'invoke') participant.gotEvent();
        return next;
      },
      askBeforeExit: () => lambda.sendBeforeExit(nextCall(identifier)),
      runtime,
      warn: createLog('warn').warn,
    });
    return undefined;
  };
  const refusal = start();
  if (!runtime.hasAsked()) runtime.delayNextEvent(refusal, longestWaitMs);
  return {
    hold: (event, limitMs) => loop?.hold(event, limitMs),
    canHold: (event) => loop?.canHold(event) ?? false,
    refusal,
  };
}
