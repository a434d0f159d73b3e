import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too large' }
  /** The client disconnected before it sent the whole body. */
  | { readonly kind: 'aborted' };

/**
 * Reads the body of a request as UTF-8. Bytes beyond `limitBytes` are read and discarded, because a
 * client that is still sending would not read the response.
 */
export function readRequestBody(
  incoming: IncomingMessage,
  limitBytes: number,
): Promise<RequestBody> {
  if (Number(incoming.headers['content-length'] ?? 0) > limitBytes) {
    return Promise.resolve({ kind: 'too large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        chunks.length = 0;
        resolve({ kind: 'too large' });
      } else {
        chunks.push(chunk);
      }
    });
    incoming.on('end', () => {
      resolve({ kind: 'text', text: Buffer.concat(chunks).toString('utf8') });
    });
    incoming.on('close', () => resolve({ kind: 'aborted' }));
    incoming.on('error', () => resolve({ kind: 'aborted' }));
  });
}
