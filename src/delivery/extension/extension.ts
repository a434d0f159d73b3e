/** The one internal extension of this process, whoever asks for it first. */
import { isMainThread } from 'node:worker_threads';
import type { Environment } from '../../environment.ts';
import { createLog } from '../../log.ts';
import { type ApiAddress, parseAddress, type Registration } from './extensions-api.ts';
import { askForNext, register } from './extensions-client.ts';
import { followInvocations, type InvocationLoop } from './invocation-loop.ts';
import { connectToLambda, type LambdaConnection } from './lambda-connection.ts';
import { registerNow } from './register-now.ts';

export interface Extension {
  /** Holds the environment for an invocation; undefined when that is not possible. */
  readonly hold: InvocationLoop['hold'];
  /** Why Lambda did not take it, as far as is known. */
  readonly refusal: () => string | undefined;
}

// On the global object: a second registration, by a second copy of this package, is refused.
const key = Symbol.for('xpander-lambda.extension.1');
const shared: Partial<Record<symbol, Extension>> = globalThis;

/**
 * The extension, registered before this returns if nobody has done it. It has to be called while
 * the function's modules are loaded: with its first event Lambda closes the registration.
 *
 * @returns undefined where there can be none
 */
export function joinExtension(environment: Environment): Extension | undefined {
  const address = extensionAddress(environment);
  if (address === undefined) return undefined;
  shared[key] ??= startExtension(tryNow(address) ?? noWay);
  return shared[key];
}

// Lambda answers within milliseconds. Should it not, the module loads all the same.
const longestWaitMs = 1_000;

/** The same, where there is time to wait for the answer, however it is asked for. Never rejects. */
export async function startExtensionEarly(environment: Environment): Promise<void> {
  const address = extensionAddress(environment);
  if (address === undefined || shared[key]) return;
  const start = tryNow(address) ?? startLater(address);
  shared[key] = startExtension(start);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs);
  });
  await Promise.race([start.registration, timeout]);
  clearTimeout(timer);
}

interface Start {
  readonly registration: Registration | Promise<Registration>;
  readonly lambda: LambdaConnection | undefined;
}

/** Reporting must not break a function's init, however strange the process is. */
function tryNow(address: ApiAddress): Start | undefined {
  try {
    const now = registerNow(address);
    return now && { ...now, lambda: connectToLambda(address, now.socket) };
  } catch {
    return undefined;
  }
}

function startLater(address: ApiAddress): Start {
  const lambda = connectToLambda(address);
  return { lambda, registration: register(lambda) };
}

const noWay: Start = {
  registration: { kind: 'refused', reason: 'no socket that can be waited for' },
  lambda: undefined,
};

/** Where Lambda takes internal extensions that hear of invocations; undefined elsewhere. */
function extensionAddress(environment: Environment): ApiAddress | undefined {
  const runtimeApi = environment['AWS_LAMBDA_RUNTIME_API'];
  const isManagedInstance = environment['AWS_LAMBDA_MAX_CONCURRENCY'] !== undefined;
  // A snapshot would hold a connection that is dead in every environment made of it.
  const isSnapshot = environment['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'snap-start';
  if (!runtimeApi || isManagedInstance || isSnapshot) return undefined;
  // A worker of the user's own is not what Lambda waits for.
  if (!isMainThread) return undefined;
  return parseAddress(runtimeApi);
}

function startExtension({ registration, lambda }: Start): Extension {
  let loop: InvocationLoop | undefined;
  let refusal: string | undefined;
  const settle = (settled: Registration): void => {
    if (settled.kind === 'refused' || lambda === undefined) {
      refusal = settled.kind === 'refused' ? settled.reason : 'no connection';
      lambda?.close();
      return;
    }
    const ask = () => askForNext(lambda, settled.identifier);
    loop = followInvocations(ask, createLog('warn').warn);
  };
  if (registration instanceof Promise) void registration.then(settle);
  else settle(registration);
  return {
    hold: (requestId, deadlineMs) => loop?.hold(requestId, deadlineMs),
    refusal: () => refusal,
  };
}
