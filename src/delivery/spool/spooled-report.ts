import type { WireTaskReport } from '../../platform/task-report.ts';

/** A report that was not delivered yet. */
export interface PendingReport {
  readonly report: WireTaskReport;
  readonly attempts: number;
  /** Why it was not delivered, in one line. */
  readonly reason: string;
  /** When its attempt ended, in epoch milliseconds. Of two attempts in one process the later one's is greater. */
  readonly since: number;
  /** The same on the monotonic clock, if known. */
  readonly sinceMonotonicMs?: number | undefined;
  /** Whether the log holds it already. @default false */
  readonly isLogged?: boolean | undefined;
}

/** The text of its file; undefined for a report that would not come back from it. */
export function waitingReportText(waiting: PendingReport): string | undefined {
  try {
    return isWaitingReport(waiting) ? JSON.stringify(waiting) : undefined;
  } catch {
    return undefined;
  }
}

/** The report that a text holds; undefined when it holds none, or not all of one. */
export function parseWaitingReport(text: string): PendingReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isWaitingReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWaitingReport(value: unknown): value is PendingReport {
  return hasFields(value, {
    report: isWireReport,
    attempts: isNumber,
    reason: isText,
    since: isNumber,
  });
}

/** Whether it came from here: what is written down must not be reported otherwise. */
export function isWireReport(value: unknown): value is WireTaskReport {
  return hasFields(value, {
    id: isText,
    input: isTextOrNull,
    tokens: (tokens) => tokens === null || hasFields(tokens, tokenFields),
    is_success: isBoolean,
    result: isTextOrNull,
    duration: isNumber,
    used_tools: (tools) => Array.isArray(tools) && tools.every(isText),
  });
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || isText(value);
const isBoolean: Check = (value) => typeof value === 'boolean';
// JSON has no other numbers.
const isNumber: Check = (value) => Number.isFinite(value);
// Reports of older versions lack the counts of cached tokens.
const isNumberOrMissing: Check = (value) => value === undefined || isNumber(value);
const tokenFields = {
  completion_tokens: isNumber,
  prompt_tokens: isNumber,
  total_tokens: isNumber,
  cache_read_tokens: isNumberOrMissing,
  cache_write_tokens: isNumberOrMissing,
};

function hasFields(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(checks).every(([name, check]) => check(Reflect.get(value, name)));
}
