/** The binary event stream of AWS, see https://smithy.io/2.0/aws/amazon-eventstream.html. */

import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
  (text) => Buffer.from(text),
);

export function eventMessage(type: string, body: object): Uint8Array {
  return message({ ':message-type': 'event', ':event-type': type }, body);
}

export function exceptionMessage(type: string, body: object): Uint8Array {
  return message({ ':message-type': 'exception', ':exception-type': type }, body);
}

function message(headers: Readonly<Record<string, string>>, body: object): Uint8Array {
  const all = { ...headers, ':content-type': 'application/json' };
  const entries = Object.entries(all).map(([name, value]) => [name, { type: 'string', value }]);
  return codec.encode({
    headers: Object.fromEntries(entries),
    body: Buffer.from(JSON.stringify(body)),
  });
}
