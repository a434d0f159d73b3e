/** The findings of the doctor. */

/**
 * `problem`: tasks are not reported, or not as configured. `warning`: tasks are reported, with a
 * drawback. `unknown`: not checked.
 */
export type Status = 'ok' | 'warning' | 'problem' | 'unknown';

export interface Finding {
  /** The name of the check. */
  readonly check: string;
  readonly status: Status;
  readonly message: string;
  /** Shell commands that fix it, to be run in order. */
  readonly fix?: readonly string[];
}

/** The findings for one function. */
export interface Diagnosis {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  readonly reportedBy: ReportedBy;
  readonly findings: readonly Finding[];
}

/** What reports the function's tasks. `image`: a container image, whose content is not visible. */
export type ReportedBy = 'layer' | 'code' | 'image' | 'nothing';

export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

export function warning(check: string, message: string, ...fix: string[]): Finding {
  return { check, status: 'warning', message, ...(fix.length > 0 && { fix }) };
}

export function problem(check: string, message: string, ...fix: string[]): Finding {
  return { check, status: 'problem', message, ...(fix.length > 0 && { fix }) };
}

export function unknown(check: string, message: string, ...fix: string[]): Finding {
  return { check, status: 'unknown', message, ...(fix.length > 0 && { fix }) };
}
