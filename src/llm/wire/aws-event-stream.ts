import { EventStreamCodec, type Message, type MessageHeaders } from '@smithy/eventstream-codec';
import { parsedJson } from './parsed-json.ts';
import { field } from './read-fields.ts';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);
/** Bytes of lengths and checksums around the headers and payload of a frame. */
const frameOverhead = 16;

/** The events, each as `{ [its type]: its payload }` or, of InvokeModel, as the model's own event. */
export function awsEvents(frames: readonly Message[]): readonly unknown[] {
  return frames.map(({ headers, body }) => {
    const type = textHeader(headers, ':event-type') ?? '';
    const payload = parsedJson(Buffer.from(body).toString('utf8'));
    return type === 'chunk' ? modelEvent(payload) : { [type]: payload };
  });
}

/** The bytes that Amazon SageMaker streams; undefined if it is another stream. */
export function payloadParts(frames: readonly Message[]): Buffer | undefined {
  const parts = frames.filter(
    ({ headers }) => textHeader(headers, ':event-type') === 'PayloadPart',
  );
  return parts.length === 0 ? undefined : Buffer.concat(parts.map(({ body }) => body));
}

/** The frames of an AWS event stream, up to one that is cut, damaged or an exception. */
export function awsFrames(bytes: Buffer): readonly Message[] {
  const frames: Message[] = [];
  let offset = 0;
  while (offset + frameOverhead <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    if (length < frameOverhead || offset + length > bytes.length) break;
    const frame = decodedEvent(bytes.subarray(offset, offset + length));
    if (frame === undefined) break;
    frames.push(frame);
    offset += length;
  }
  return frames;
}

function decodedEvent(bytes: Uint8Array): Message | undefined {
  try {
    const frame = codec.decode(bytes);
    const isEvent = textHeader(frame.headers, ':message-type') === 'event';
    return isEvent && textHeader(frame.headers, ':event-type') !== undefined ? frame : undefined;
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
