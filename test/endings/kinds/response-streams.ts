/** What a streaming handler can see of its stream, and what it does to it. */
import { answered, completed, type Ending } from '../ending.ts';

export const responseStreams: readonly Ending[] = [
  {
    name: 'an object whose toJSON counts',
    handler:
      "async (event, stream) => { stream.write({ toJSON() { count('toJSON'); return { a: 1 }; } }); stream.end(); }",
    gives: answered,
    report: { isSuccess: true },
  },
  {
    name: 'an object whose getter counts',
    handler:
      "async (event, stream) => { stream.write({ get a() { count('getter'); return 1; } }); stream.end(); }",
    gives: answered,
    report: { isSuccess: true },
  },
  {
    name: '_onBeforeFirstWrite of its own',
    handler:
      "async (event, stream) => { stream._onBeforeFirstWrite = () => count('before the first write'); stream.write('one'); stream.end('two'); }",
    gives: { ...answered, body: 'onetwo' },
    report: completed,
  },
  {
    name: 'what the stream shows',
    handler: `async (event, stream) => { stream.end(JSON.stringify([stream.write.length, stream.end.length, stream.write.name, ...['close', 'finish', 'error', 'drain', 'pipe'].map((name) => stream.listenerCount(name)), stream.eventNames().map(String).sort(), Object.keys(stream).sort(), Object.getOwnPropertyNames(stream).sort()])); }`,
    gives: answered,
    report: { isSuccess: true },
  },
  {
    name: 'what write and end return',
    handler:
      "async (event, stream) => { const written = stream.write('a'); stream.end(String(written)); }",
    gives: answered,
    report: completed,
  },
  {
    name: 'a rejection 20 ms after the end',
    handler:
      "async (event, stream) => { stream.end('streamed'); setTimeout(() => void Promise.reject(new Error('floating')), 20); }",
    gives: {},
    report: { isSuccess: 'as the caller', hasResponse: true },
    isLate: true,
    isRace: true,
  },
];
