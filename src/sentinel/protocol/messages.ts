/** What function and sentinel tell each other over their socket: a line of JSON a message. */

import type { JournalEntry } from '../../delivery/journal/journal-entry.ts';
import type { WireTaskReport } from '../../platform/task-report.ts';
import type { DestinationName } from './destination-name.ts';

/** From the function. A run is a number of its connection. */
export type FunctionMessage =
  /** The first one of a connection, which stands for one reporter. */
  | {
      readonly kind: 'hello';
      /** Number and start of the process. */
      readonly process?: string | undefined;
      /** Undefined when nobody else can report there: then it does so alone. */
      readonly destination?: DestinationName | undefined;
    }
  | {
      readonly kind: 'begin';
      readonly run: number;
      readonly requestId?: string | undefined;
      /** Undefined for a run whose loss is not reported. */
      readonly stub?: JournalEntry | undefined;
      /** Where the journal entry lies as well. */
      readonly file?: string | undefined;
    }
  | { readonly kind: 'step'; readonly run: number; readonly step: Partial<JournalEntry> }
  /** Of the run's beginning; the report of its end replaces it. */
  | { readonly kind: 'start'; readonly run: number; readonly report: WireTaskReport }
  | {
      readonly kind: 'report';
      readonly run: number;
      readonly report: WireTaskReport;
      /** When the attempt ended, in epoch milliseconds. */
      readonly endedAt?: number | undefined;
      /** The same on the monotonic clock. */
      readonly endedMonotonicMs?: number | undefined;
    }
  /** There is nothing more to report. */
  | { readonly kind: 'close'; readonly run: number }
  /** The function has left reports in its spool, which the sentinel owns. */
  | { readonly kind: 'kept' }
  /** The process ends, which may take until the next event. */
  | { readonly kind: 'exit' }
  /** The function's module cannot be loaded. */
  | { readonly kind: 'load-error'; readonly text: string };

/** From the sentinel. */
export type SentinelMessage =
  /** It reports to the destination of this connection. */
  | { readonly kind: 'welcome' }
  /** It cannot: the function does it alone. */
  | { readonly kind: 'refused' }
  /** The run's report will survive the end of both processes. */
  | { readonly kind: 'taken'; readonly run: number };

export function messageLine(message: FunctionMessage | SentinelMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** @returns undefined for what is none */
export function readSentinelMessage(line: string): SentinelMessage | undefined {
  const message = parseMessage(line);
  switch (message?.['kind']) {
    case 'welcome':
    case 'refused':
      return { kind: message['kind'] };
    case 'taken': {
      const { run } = message;
      return typeof run === 'number' ? { kind: 'taken', run } : undefined;
    }
    default:
      return undefined;
  }
}

/** The fields of a message, whatever they hold; undefined for a line that is none. */
export function parseMessage(
  line: string,
): (Readonly<Partial<Record<string, unknown>>> & { readonly run?: unknown }) | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
