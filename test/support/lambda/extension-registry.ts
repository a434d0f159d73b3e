/** The extensions of one environment: who registered, who waits for an event, who works on one. */

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Deferred, deferred } from './deferred.ts';
import {
  checkEvents,
  type ExtensionEventType,
  type ExtensionKind,
  maxExtensions,
  type Refusal,
  type Registration,
  refusal,
} from './extension-registration.ts';
import type { RecordMoment } from './timeline.ts';

/** The names that Lambda's own agent gives the states; its refusals quote them. */
export type ExtensionState =
  | 'Started'
  | 'Registered'
  | 'Ready'
  | 'Running'
  | 'InitError'
  | 'ExitError';

export interface Extension {
  readonly id: string;
  readonly name: string;
  readonly kind: ExtensionKind;
  events: readonly ExtensionEventType[];
  state: ExtensionState;
  /** Its call for an event, whether its client still waits or not. */
  poll: ServerResponse | undefined;
  /** What it gets as soon as it asks: it was busy when the environment came to its end. */
  due: ShutdownEvent | undefined;
}

export interface Registry {
  readonly record: RecordMoment;
  /** How many more extensions are there that do nothing. */
  readonly others: number;
  readonly managed: boolean;
  /** By identifier. */
  readonly extensions: Map<string, Extension>;
  registrationClosed: boolean;
  /** Resolves when every external extension has registered. */
  readonly externalRegistered: Deferred<void>;
  /** Set while somebody waits for some of them to ask for an event. */
  gate: { readonly pending: Set<Extension>; readonly open: Deferred<void> } | undefined;
  requestId: string | undefined;
}

export interface InvokeEvent {
  readonly eventType: 'INVOKE';
  readonly deadlineMs: number;
  readonly requestId: string;
  readonly invokedFunctionArn: string;
  readonly tracing: { readonly type: 'X-Amzn-Trace-Id'; readonly value: string };
}

export interface ShutdownEvent {
  readonly eventType: 'SHUTDOWN';
  readonly shutdownReason: string;
  readonly deadlineMs: number;
}

export function createRegistry(
  options: Pick<Registry, 'record' | 'others' | 'managed'> & {
    readonly external: readonly string[];
  },
): Registry {
  const externalRegistered = deferred<void>();
  if (options.external.length === 0) externalRegistered.resolve();
  const extensions = options.external.map((name) => createExtension(name, 'external'));
  return {
    ...options,
    extensions: new Map(extensions.map((extension) => [extension.id, extension])),
    registrationClosed: false,
    externalRegistered,
    gate: undefined,
    requestId: undefined,
  };
}

/** Looks at one thing after the other in the order in which Lambda's agent does. */
export function admit(registry: Registry, asked: Registration): Extension | Refusal {
  const known = [...registry.extensions.values()];
  const same = known.find(({ name }) => name === asked.name);
  const kind = same?.kind === 'external' ? 'external' : 'internal';
  const wrong = checkEvents(asked, kind, registry.managed);
  if (wrong !== undefined) return wrong;
  if (same?.kind === 'external') return admitExternal(registry, asked, same);

  if (registry.registrationClosed) {
    return refusal('Extension.RegistrationClosed', 'Extension registration closed already');
  }
  if (known.length + registry.others >= maxExtensions) {
    return refusal('Extension.TooManyExtensions', `Extension limit (${maxExtensions}) reached`);
  }
  if (same !== undefined) {
    const message = 'Extension with this name already registered';
    return refusal('Extension.InvalidExtensionState', message);
  }
  const extension = createExtension(asked.name, 'internal');
  registry.extensions.set(extension.id, extension);
  return registered(extension, asked);
}

function admitExternal(
  registry: Registry,
  asked: Registration,
  extension: Extension,
): Extension | Refusal {
  if (extension.state !== 'Started') return wrongState(extension, 'Registered');
  registered(extension, asked);
  const known = [...registry.extensions.values()];
  if (known.every(({ state }) => state !== 'Started')) registry.externalRegistered.resolve();
  return extension;
}

function registered(extension: Extension, { events }: Registration): Extension {
  extension.events = events;
  extension.state = 'Registered';
  return extension;
}

export function wrongState(extension: Extension, to: string): Refusal {
  const reason = 'Error: State transition is not allowed';
  const transition = `State transition from ${extension.state} to ${to}`;
  const message = `${transition} failed for extension ${extension.id}. ${reason}`;
  return refusal('Extension.InvalidExtensionState', message);
}

/** Parks an extension's call for an event, which says that it is done with the one before. */
export function park(
  registry: Registry,
  extension: Extension,
  poll: ServerResponse,
): Refusal | undefined {
  if (extension.state !== 'Registered' && extension.state !== 'Running') {
    return wrongState(extension, 'Ready');
  }
  extension.state = 'Ready';
  extension.poll = poll;
  const { requestId } = registry;
  registry.record('extension-next', {
    extension: extension.name,
    ...(requestId === undefined ? {} : { requestId }),
  });
  registry.gate?.pending.delete(extension);
  if (registry.gate?.pending.size === 0) registry.gate.open.resolve();
  if (extension.due !== undefined) hand(registry, extension, extension.due);
  return undefined;
}

/** Resolves when all of them have asked for an event. */
export function allParked(registry: Registry, extensions: readonly Extension[]): Promise<void> {
  const gate = { pending: new Set(extensions), open: deferred<void>() };
  registry.gate = gate;
  if (gate.pending.size === 0) gate.open.resolve();
  return gate.open.promise;
}

/** Writes the event to the waiting call; to a broken connection too, where it is lost. */
export function hand(
  registry: Registry,
  extension: Extension,
  event: InvokeEvent | ShutdownEvent,
): void {
  const { poll, name: extensionName } = extension;
  if (extension.state !== 'Ready' || poll === undefined) {
    if (event.eventType === 'SHUTDOWN') extension.due = event;
    return;
  }
  extension.state = 'Running';
  extension.poll = undefined;
  registry.record('event-to-extension', { extension: extensionName, detail: event.eventType });
  if (poll.destroyed) return;
  poll.setHeader('content-type', 'application/json');
  poll.setHeader('lambda-extension-event-identifier', randomUUID());
  poll.end(JSON.stringify(event));
}

function createExtension(name: string, kind: ExtensionKind): Extension {
  return {
    id: randomUUID(),
    name,
    kind,
    state: 'Started',
    events: [],
    poll: undefined,
    due: undefined,
  };
}
