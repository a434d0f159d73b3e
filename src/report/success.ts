import { type Outcome, type ResponseOutcome, responseValue } from '../invocation/outcome.ts';

/**
 * Whether an outcome means success.
 *
 * @param hasSaidFailure - whether the handler called `currentTask().fail()`
 * @param rule - the user's own for responses; undefined: the rule does not say
 */
export function isSuccessfulOutcome(
  outcome: Outcome,
  hasSaidFailure: boolean,
  rule?: (response: ResponseOutcome) => boolean | undefined,
): boolean {
  if (hasSaidFailure) return false;
  switch (outcome.kind) {
    case 'failure':
      return false;
    case 'stream':
      return outcome.thrown === undefined && (outcome.stream.statusCode ?? 200) < 500;
    case 'response':
      return (
        rule?.(outcome) ?? (mayMeanFailure(outcome) ? isSuccessful(responseValue(outcome)) : true)
      );
  }
}

/** Looking for the fields in the text costs a thousandth of parsing it. */
function mayMeanFailure({ json }: ResponseOutcome): boolean {
  return (
    json === undefined || json.includes('"statusCode"') || json.includes('"batchItemFailures"')
  );
}

/**
 * Whether a handler's response means success. An HTTP answer with a status from 500 on does not,
 * nor does a batch answer that names failed items; everything else does, also what cannot be read.
 */
export function isSuccessful(response: unknown): boolean {
  try {
    if (typeof response !== 'object' || response === null) return true;
    return !isServerError(response) && !hasFailedItems(response);
  } catch {
    return true;
  }
}

function isServerError(response: object): boolean {
  const statusCode: unknown = Reflect.get(response, 'statusCode');
  // API Gateway takes the status as a text of digits, too.
  const status =
    typeof statusCode === 'string' && /^\d{3}$/.test(statusCode) ? Number(statusCode) : statusCode;
  return typeof status === 'number' && Number.isInteger(status) && status >= 500 && status <= 599;
}

function hasFailedItems(response: object): boolean {
  const failures: unknown = Reflect.get(response, 'batchItemFailures');
  return Array.isArray(failures) && failures.length > 0;
}
