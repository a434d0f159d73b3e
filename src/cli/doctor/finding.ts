/** What the doctor finds, check by check. */

/**
 * `problem`: runs are not reported, or not as wanted. `warning`: they are, with a drawback.
 * `unknown`: it could not be checked.
 */
export type Status = 'ok' | 'warning' | 'problem' | 'unknown';

export interface Finding {
  /** What was checked, in a word or two. */
  readonly check: string;
  readonly status: Status;
  /** One or two sentences. */
  readonly message: string;
  /** Commands that put it right, to be pasted one after the other. */
  readonly fix?: readonly string[];
}

/** Everything about one function. */
export interface Examination {
  readonly function: string;
  readonly functionArn: string;
  readonly region: string;
  /** How its runs are reported. */
  readonly reportedBy: Reporter;
  readonly findings: readonly Finding[];
}

/** `image`: a container image, which does not show what is in it. */
export type Reporter = 'layer' | 'code' | 'image' | 'nothing';

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
