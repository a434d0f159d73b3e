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
