import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';
import { parsedJson } from './parsed-json.ts';
import { field } from './read-fields.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);
/** Bytes of lengths and checksums around the headers and payload of a frame. */
const frameOverhead = 16;

/**
 * The events of an AWS event stream, each as `{ [its type]: its payload }` or, of InvokeModel, as
 * what the model said. It ends at a frame that is cut, damaged or an exception.
 */
export function awsEvents(bytes: Buffer): readonly unknown[] {
  const events: unknown[] = [];
  let offset = 0;
  while (offset + frameOverhead <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    if (length < frameOverhead || offset + length > bytes.length) break;
    const event = decodedEvent(bytes.subarray(offset, offset + length));
    if (event === undefined) break;
    events.push(event.value);
    offset += length;
  }
  return events;
}

function decodedEvent(frame: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const { headers, body } = codec.decode(frame);
    const type = textHeader(headers, ':event-type');
    if (textHeader(headers, ':message-type') !== 'event' || type === undefined) return undefined;
    const payload = parsedJson(Buffer.from(body).toString('utf8'));
    return { value: type === 'chunk' ? modelEvent(payload) : { [type]: payload } };
  } catch {
    return undefined;
  }
}

function modelEvent(payload: unknown): unknown {
  const base64 = field(payload, 'bytes');
  return typeof base64 === 'string'
    ? parsedJson(Buffer.from(base64, 'base64').toString('utf8'))
    : undefined;
}

function textHeader(headers: MessageHeaders, name: string): string | undefined {
  const header = headers[name];
  return header?.type === 'string' ? header.value : undefined;
}
