/** The one internal extension of this process, whoever asks for it first. */

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
  /** Keeps the environment from being frozen; undefined when that is not possible. */
  readonly hold: InvocationLoop['hold'];
  /** Whether `hold` would do so. */
  readonly canHold: InvocationLoop['canHold'];
  /** Resolves to why Lambda refused the registration, undefined if it did not. Never rejects. */
  readonly refusal: Promise<string | undefined>;
}

// On the global object: a second registration, by a second copy of this package, is refused.
const key = Symbol.for('xpander-lambda.extension.2');
const shared: Partial<Record<symbol, Extension>> = globalThis;

// Lambda answers within milliseconds. Should it not, the function starts all the same.
const longestWaitMs = 1_000;

/**
 * The extension, registered if nobody has done it. Lambda takes registrations until the runtime asks
 * for its first event, which waits for the answer.
 *
 * @returns undefined where there can be none
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

/** Where Lambda takes internal extensions and notifies them of invocations; undefined elsewhere. */
function extensionAddress(environment: Environment): ApiAddress | undefined {
  const runtimeApi = environment['AWS_LAMBDA_RUNTIME_API'];
  // A snapshot would hold a connection that is dead in every environment made of it.
  const isSnapshot = environment['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'snap-start';
  if (!runtimeApi || isManagedInstance(environment) || isSnapshot) return undefined;
  // A worker of the user's own is not what Lambda waits for.
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
