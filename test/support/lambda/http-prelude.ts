/** Lambda's content type for streamed HTTP responses: metadata as JSON, eight zero bytes, body. */

import type { HttpPrelude } from './invocation-result.ts';

const contentTypeWithPrelude = 'application/vnd.awslambda.http-integration-response';
const preludeEnd: Buffer = Buffer.alloc(8);

export function splitPrelude(
  payload: Buffer,
  contentType: string,
): { readonly http?: HttpPrelude; readonly body: string } {
  const end = contentType === contentTypeWithPrelude ? payload.indexOf(preludeEnd) : -1;
  if (end === -1) return { body: payload.toString() };
  return {
    http: JSON.parse(payload.subarray(0, end).toString()) as HttpPrelude,
    body: payload.subarray(end + preludeEnd.length).toString(),
  };
}
