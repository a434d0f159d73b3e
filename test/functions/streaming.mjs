// Everything a streaming handler can do, chosen by the event, bare and with a reporter.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import middy6 from 'middy6';
import middy from 'middy7';
import { executionModeStreamifyResponse } from 'middy7/StreamifyResponse';
import { taskReporter, withTaskReporter } from 'xpander-lambda';

const { streamifyResponse, HttpResponseStream } = globalThis.awslambda;

const shapes = {
  async writes(_event, stream) {
    for (const word of ['The ', 'answer ', 'is ', '42.']) {
      stream.write(word);
      await sleep(20);
    }
    stream.end();
  },
  async pipes(_event, stream) {
    await pipeline(Readable.from(['first ', 'second ', 'third']), stream);
  },
  async bytes(_event, stream) {
    const buffer = Buffer.alloc(4);
    for (const word of ['One ', 'two ', 'six ']) {
      buffer.write(word);
      stream.write(Buffer.from(buffer));
      await sleep(20);
    }
    stream.end(Buffer.from('🦊'));
  },
  async http(_event, stream) {
    const metadata = { statusCode: 201, headers: { 'x-kind': 'answer' }, cookies: ['a=b'] };
    const response = HttpResponseStream.from(stream, metadata);
    response.write('created');
    response.end();
  },
  async httpError(_event, stream) {
    const response = HttpResponseStream.from(stream, { statusCode: 503 });
    response.write('overloaded');
    response.end();
  },
  async long(event, stream) {
    const chunk = 'word'.padEnd(8).repeat(8 * 1024);
    for (let count = 0; count < event.chunks; count += 1) {
      if (!stream.write(chunk)) await once(stream, 'drain');
    }
    stream.end();
  },
  async returnsBeforeTheEnd(_event, stream) {
    stream.write('early ');
    setTimeout(() => stream.end('late'), 30);
  },
  async throwsFirst() {
    throw new RangeError('before a byte');
  },
  async throwsMidway(_event, stream) {
    stream.write('half of ');
    await sleep(20);
    throw new TypeError('the model hung up');
  },
  notAsync(_event, stream) {
    stream.end('too simple');
  },
};

function choose(event, stream, context) {
  return shapes[event.shape](event, stream, context);
}

// Functions of the same place in the source, so that their stacks can be compared.
const choosing = () =>
  function choosing(event, stream, context) {
    return choose(event, stream, context);
  };

export const bare = streamifyResponse(choosing());
export const wrapped = withTaskReporter(streamifyResponse(choosing()));
export const wrappedInside = streamifyResponse(withTaskReporter(choosing()));
export const highWaterMark = withTaskReporter(
  streamifyResponse(choosing(), { highWaterMark: 1024 }),
);

async function* words() {
  for (const word of ['The ', 'answer ', 'is ', '42.']) {
    yield word;
    await sleep(20);
  }
}

async function* breaks() {
  yield 'half of ';
  await sleep(20);
  throw new TypeError('the model hung up');
}

const answers = {
  readable: () => Readable.from(words()),
  web: () => Readable.toWeb(Readable.from(words())),
  shortWeb: () => new Blob(['hi']).stream(),
  emptyWeb: () => new Blob([]).stream(),
  shortHttpWeb: () => ({ statusCode: 200, body: new Blob(['hi']).stream() }),
  empty: () => Readable.from([]),
  http: () => ({ statusCode: 201, headers: { 'x-kind': 'answer' }, body: Readable.from(words()) }),
  text: () => 'all at once',
  breaks: () => Readable.from(breaks()),
  throws: () => {
    throw new RangeError('before a byte');
  },
  long: (event) =>
    Readable.from(
      (function* () {
        for (let count = 0; count < event.chunks; count += 1)
          yield 'word'.padEnd(8).repeat(8 * 1024);
      })(),
    ),
};

const answer = async (event) => answers[event.shape](event);
const streaming = { executionMode: executionModeStreamifyResponse };

// A middleware of any kind adds turns of the event loop, which show in stacks.
const idle = { before: () => {}, after: () => {}, onError: () => {} };

export const middyBare = middy(streaming).use(idle).handler(answer);
export const middyReported = middy(streaming).use(taskReporter()).handler(answer);
export const middyWrapped = withTaskReporter(middy(streaming).use(idle).handler(answer));
export const middy6Bare = middy6({ streamifyResponse: true }).use(idle).handler(answer);
export const middy6Reported = middy6({ streamifyResponse: true })
  .use(taskReporter())
  .handler(answer);
