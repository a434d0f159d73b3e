/** Reads what a function tells: it comes from another process, which may be an older version. */

import { type JournalEntry, readStep } from '../../delivery/journal/journal-entry.ts';
import { isWireReport } from '../../delivery/spool/spooled-report.ts';
import { isDestinationName } from './destination-name.ts';
import { type FunctionMessage, parseMessage } from './messages.ts';

/** @returns undefined for what is none */
export function readFunctionMessage(line: string): FunctionMessage | undefined {
  const message = parseMessage(line);
  switch (message?.['kind']) {
    case 'hello':
      return {
        kind: 'hello',
        process: text(message['process']),
        destination: isDestinationName(message['destination']) ? message['destination'] : undefined,
      };
    case 'exit':
    case 'kept':
      return { kind: message['kind'] };
    case 'load-error':
      return { kind: 'load-error', text: text(message['text']) ?? '' };
    default: {
      const run = message?.['run'];
      return message && isNumber(run) ? ofRun(message, run) : undefined;
    }
  }
}

function ofRun(
  message: NonNullable<ReturnType<typeof parseMessage>>,
  run: number,
): FunctionMessage | undefined {
  const { kind, report } = message;
  switch (kind) {
    case 'begin': {
      const stub = readStep(message['stub']);
      return {
        kind,
        run,
        requestId: text(message['requestId']),
        stub: isRecord(stub) ? stub : undefined,
        file: text(message['file']),
      };
    }
    case 'step': {
      const step = readStep(message['step']);
      return step && { kind, run, step };
    }
    case 'start':
      return isWireReport(report) ? { kind, run, report } : undefined;
    case 'report': {
      const endedAt = number(message['endedAt']);
      const endedMonotonicMs = number(message['endedMonotonicMs']);
      return isWireReport(report) ? { kind, run, report, endedAt, endedMonotonicMs } : undefined;
    }
    case 'close':
      return { kind, run };
    default:
      return undefined;
  }
}

function isRecord(step: Partial<JournalEntry> | undefined): step is JournalEntry {
  const { id, agentId, baseUrl, startedAt } = step ?? {};
  return ![id, agentId, baseUrl, startedAt].includes(undefined);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return isNumber(value) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
