import type { IncomingMessage } from 'node:http';

/** The body of a request, or why there is none. */
export type RequestBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too large' }
  /** The client went away before it had sent everything. */
  | { readonly kind: 'cut off' };

/**
 * Reads the body of a request as UTF-8. What goes beyond `limitBytes` is not kept, but taken from
 * the socket, because a client that is still sending would not see the answer.
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
    incoming.on('close', () => resolve({ kind: 'cut off' }));
    incoming.on('error', () => resolve({ kind: 'cut off' }));
  });
}
