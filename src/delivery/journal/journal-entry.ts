/** What is written down of a run while it goes on. */
import type { WireTaskReport } from '../../platform/task-report.ts';

/** One line of JSON a step; what a later line says replaces what an earlier one said. */
export interface JournalEntry {
  /** The task's id. */
  readonly id: string;
  readonly agentId: string;
  readonly baseUrl: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** When Lambda ends the invocation, in epoch milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** What would be reported if the run failed now. */
  readonly report?: WireTaskReport;
  /** Whether it was reported that the run is about to time out; false while that is being sent. */
  readonly isReported?: boolean;
  /** The handler has answered; the report is on its way. */
  readonly ended?: { readonly isSuccess: boolean; readonly at: number };
  /** Why the process ended, as far as it could say. */
  readonly crash?: { readonly cause: string; readonly at: number };
  /** What a report is made of, where the process had no time to make one. */
  readonly raw?: RawTask;
}

/** Not redacted: whoever makes the report does that. It never leaves the environment. */
export interface RawTask {
  /** JSON. */
  readonly input?: string | undefined;
  /** The response that Lambda took, as JSON. */
  readonly response?: string | undefined;
  /** The error that the caller got. */
  readonly error?: WrittenError | undefined;
  /** What the handler passed to `currentTask().fail()`. */
  readonly failure?: WrittenError | string;
}

export interface WrittenError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** @returns undefined when not even the first line is whole */
export function parseStub(text: string): JournalEntry | undefined {
  let record: Partial<JournalEntry> = {};
  for (const line of text.split('\n')) {
    // Each write may be cut by the death of the process; what was written before it stands.
    const step = parseLine(line);
    if (step !== undefined) record = { ...record, ...step };
  }
  return isWhole(record) ? record : undefined;
}

/** Of a value what is part of a record; undefined when it can hold none. */
export function readStep(value: unknown): Partial<JournalEntry> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter(isReadable));
}

function parseLine(line: string): Partial<JournalEntry> | undefined {
  try {
    return readStep(JSON.parse(line));
  } catch {
    return undefined;
  }
}

const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

// What was not written here must not be reported, nor hinder the report of another run.
const fields: Readonly<Record<keyof JournalEntry, (value: unknown) => boolean>> = {
  id: isText,
  agentId: isText,
  baseUrl: isText,
  startedAt: isNumber,
  deadlineMs: isNumber,
  report: (value) => isObject(value) && isText(value['id']),
  isReported: isFlag,
  ended: (value) => isObject(value) && isFlag(value['isSuccess']) && isNumber(value['at']),
  crash: (value) => isObject(value) && isText(value['cause']) && isNumber(value['at']),
  raw: (value) =>
    isObject(value) &&
    [value['input'], value['response']].every((text) => text === undefined || isText(text)) &&
    (value['error'] === undefined || isWrittenError(value['error'])) &&
    (value['failure'] === undefined ||
      isText(value['failure']) ||
      isWrittenError(value['failure'])),
};

function isWrittenError(value: unknown): boolean {
  return isObject(value) && isText(value['name']) && isText(value['message']);
}

function isReadable([name, value]: [string, unknown]): boolean {
  return Object.entries(fields).some(([field, check]) => field === name && check(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isWhole(record: Partial<JournalEntry>): record is JournalEntry {
  return (
    record.id !== undefined &&
    record.agentId !== undefined &&
    record.baseUrl !== undefined &&
    record.startedAt !== undefined
  );
}

/** `run-<process>-<random>.jsonl` */
export function stubFileName(identity: string): string {
  return `run-${identity}-${Math.random().toString(36).slice(2)}.jsonl`;
}

/** The identity of the process that wrote it; undefined for a file of somebody else. */
export function writerOf(fileName: string): string | undefined {
  return /^run-(\d+-\d+)-[a-z0-9]+\.jsonl$/.exec(fileName)?.[1];
}
