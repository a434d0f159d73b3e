import type { WireTaskReport } from '../../report/task-report.ts';

/** A report that was not delivered yet. */
export interface WaitingReport {
  readonly report: WireTaskReport;
  /**
   * Whether to ask the platform first if a later attempt of the run has finished: a failure of an
   * earlier attempt must not replace its record.
   */
  readonly askFirst: boolean;
  readonly attempts: number;
  /** Why it was not delivered, in one line. */
  readonly reason: string;
  /** Since when it waits, in epoch milliseconds. */
  readonly since: number;
}

/** The text of its file; undefined for a report that would not come back from it. */
export function waitingReportText(waiting: WaitingReport): string | undefined {
  try {
    return isWaitingReport(waiting) ? JSON.stringify(waiting) : undefined;
  } catch {
    return undefined;
  }
}

/** The report that a text holds; undefined when it holds none, or not all of one. */
export function parseWaitingReport(text: string): WaitingReport | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isWaitingReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWaitingReport(value: unknown): value is WaitingReport {
  return hasFields(value, {
    report: isWireReport,
    askFirst: isBoolean,
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
const tokenFields = {
  completion_tokens: isNumber,
  prompt_tokens: isNumber,
  total_tokens: isNumber,
};

function hasFields(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(checks).every(([name, check]) => check(Reflect.get(value, name)));
}
