/** What the Telemetry API sends, read leniently: its events have changed from version to version. */

/** Of an invocation, as the platform sees it. */
export type PlatformEvent =
  | { readonly kind: 'start'; readonly requestId: string }
  | {
      readonly kind: 'runtime-done';
      readonly requestId: string;
      readonly end: PlatformEnd;
    };

export interface PlatformEnd {
  /** `success` also for a handler that threw. */
  readonly kind: 'success' | 'timeout' | 'crash';
  /** As `Runtime.OutOfMemory`, where Lambda says it. */
  readonly errorType: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** @param body - a list of events; what is none tells nothing */
export function readPlatformEvents(body: string): readonly PlatformEvent[] {
  try {
    const events: unknown = JSON.parse(body);
    return Array.isArray(events) ? events.flatMap(readPlatformEvent) : [];
  } catch {
    return [];
  }
}

function readPlatformEvent(event: unknown): readonly PlatformEvent[] {
  const type = field(event, 'type');
  const record = field(event, 'record');
  const requestId = field(record, 'requestId');
  if (typeof requestId !== 'string') return [];
  if (type === 'platform.start') return [{ kind: 'start', requestId }];
  if (type !== 'platform.runtimeDone') return [];
  const time = Date.parse(String(field(event, 'time')));
  const errorType = field(record, 'errorType');
  const end = {
    kind: endKind(String(field(record, 'status')).toLowerCase()),
    errorType: typeof errorType === 'string' ? errorType : undefined,
    at: Number.isNaN(time) ? Date.now() : time,
  };
  return [{ kind: 'runtime-done', requestId, end }];
}

function endKind(status: string): PlatformEnd['kind'] {
  return status === 'success' || status === 'timeout' ? status : 'crash';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
