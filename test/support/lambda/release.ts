/** Hands one event to the runtime and to the extensions, at the same time. */

import type { InvokeEvent } from './extension-registry.ts';
import type { ExtensionsApi } from './extensions-api.ts';
import type { RuntimeEvent } from './running-invocation.ts';
import type { Delivery, RuntimeApi } from './runtime-api.ts';

export interface Release extends Delivery {
  /** Resolves when every extension that got the event has asked for the next one. */
  readonly extensionsDone: Promise<void>;
}

/** Within one turn, and in any order: Lambda promises none. */
export function release(
  runtimeApi: RuntimeApi,
  extensionsApi: ExtensionsApi,
  event: RuntimeEvent,
): Release {
  const toExtensions = (): Promise<void> => extensionsApi.release(invokeEvent(event));
  const toRuntime = (): Delivery => runtimeApi.deliver(event);
  if (Math.random() < 0.5) {
    const extensionsDone = toExtensions();
    return { ...toRuntime(), extensionsDone };
  }
  return { ...toRuntime(), extensionsDone: toExtensions() };
}

function invokeEvent({ requestId, headers }: RuntimeEvent): InvokeEvent {
  return {
    eventType: 'INVOKE',
    deadlineMs: Number(headers['lambda-runtime-deadline-ms']),
    requestId,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'] ?? '',
    tracing: { type: 'X-Amzn-Trace-Id', value: headers['lambda-runtime-trace-id'] ?? '' },
  };
}
