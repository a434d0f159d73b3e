/** What a registration of an extension asks for, and why it may be refused. */

import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export type ExtensionEventType = 'INVOKE' | 'SHUTDOWN';
/** `external`: a process of its own, from a file in `/opt/extensions`; else `internal`. */
export type ExtensionKind = 'internal' | 'external';

export interface Registration {
  readonly kind: 'registration';
  readonly name: string;
  readonly events: readonly ExtensionEventType[];
  /** Whether the account id belongs into the answer. */
  readonly wantsAccountId: boolean;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Together with those of others; counted for internal ones when they register. */
export const maxExtensions = 10;

export async function readRegistration(request: IncomingMessage): Promise<Registration | Refusal> {
  const name = request.headers['lambda-extension-name'];
  const body = await text(request);
  if (typeof name !== 'string' || name === '') {
    return refusal('Extension.InvalidExtensionName', 'Empty extension name');
  }
  const asked = parse(body);
  if (asked === undefined) return refusal('InvalidRequestFormat', 'invalid registration request');
  if (asked.configurationKeys !== undefined) {
    const message = 'configurationKeys are deprecated; use environment variables instead';
    return refusal('InvalidRequestFormat', message);
  }
  const features = String(request.headers['lambda-extension-accept-feature'] ?? '').split(',');
  return {
    kind: 'registration',
    name,
    // Whether they are known is looked at later, when the kind of extension is.
    events: asked.events as readonly ExtensionEventType[],
    wantsAccountId: features.some((feature) => feature.trim() === 'accountId'),
  };
}

export function checkEvents(
  { events }: Registration,
  kind: ExtensionKind,
  managed: boolean,
): Refusal | undefined {
  for (const event of events) {
    const reason = whyNot(event, kind, managed);
    if (reason !== undefined) return refusal('Extension.InvalidEventType', `${event}: ${reason}`);
  }
  return undefined;
}

export function refusal(errorType: string, errorMessage: string): Refusal {
  return { kind: 'refusal', errorType, errorMessage };
}

function parse(body: string): { events: string[]; configurationKeys?: unknown } | undefined {
  try {
    const asked: { events?: string[] | null; configurationKeys?: unknown[] } | null =
      JSON.parse(body);
    const { events = null, configurationKeys } = asked ?? {};
    if (events !== null && !events.every((event) => typeof event === 'string')) return undefined;
    const given = configurationKeys?.length ? { configurationKeys } : {};
    return { events: events ?? [], ...given };
  } catch {
    return undefined;
  }
}

function whyNot(event: string, kind: ExtensionKind, managed: boolean): string | undefined {
  if (event !== 'INVOKE' && event !== 'SHUTDOWN') return 'ErrorInvalidEventType';
  if (event === 'SHUTDOWN' && kind === 'internal') {
    return 'ShutdownEventNotSupportedForInternalExtension';
  }
  return event === 'INVOKE' && managed ? 'ErrorInvalidEventType' : undefined;
}
