// Every way in which a streamed invocation can end, by the name in the event.

import { setTimeout as sleep } from 'node:timers/promises';

const streams = {
  text: async (stream) => {
    stream.setContentType('text/plain');
    for (const word of ['one ', 'two ', 'naïve ✓']) {
      stream.write(word);
      await sleep(20);
    }
    stream.end();
  },
  http: async (stream) => {
    const http = awslambda.HttpResponseStream.from(stream, {
      statusCode: 201,
      headers: { 'content-type': 'text/html' },
      cookies: ['a=1'],
    });
    http.write('<p>created');
    http.end('</p>');
  },
  failMidway: async (stream) => {
    stream.write('the first half');
    await sleep(20);
    throw new TypeError('lost the second half ✓');
  },
  failAtOnce: async () => {
    throw new RangeError('nothing to say');
  },
  exitMidway: async (stream) => {
    await new Promise((written) => stream.write('only this', written));
    process.exit(4);
  },
  endAndExit: async (stream, { count }) => {
    stream.end('x'.repeat(count), () => process.exit(0));
    await sleep(60_000);
  },
  neverEnds: async (stream) => {
    stream.write('and then …');
  },
  long: async (stream, { count }) => {
    for (let written = 0; written < count; written += 1) {
      stream.write('x');
      await sleep(1);
    }
    stream.end();
    console.log(`all ${count} written`);
  },
  highWaterMark: async (stream) => {
    await new Promise((written) => stream.write('', written));
    stream.end(String(stream.writableHighWaterMark));
  },
};

const stream = async (event, responseStream) => streams[event.stream](responseStream, event);

export const handler = awslambda.streamifyResponse(stream);

export const withHighWaterMark = awslambda.streamifyResponse(
  async (event, responseStream) => stream(event, responseStream),
  { highWaterMark: 12_345 },
);
