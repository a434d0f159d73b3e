/** Responses of which the runtime can make nothing, and such as change by being read. */
import { answered, type Ending, failed, reportedAs } from '../ending.ts';

const unsendable: Readonly<
  Record<string, readonly [source: string, ...says: (string | RegExp)[]]>
> = {
  'a BigInt': ['async () => ({ tokens: 10n })', /BigInt|Unable to stringify/],
  'a cycle': [
    'async () => { const a = {}; a.self = a; return a; }',
    /circular|Unable to stringify/,
  ],
  'a toJSON that throws': [
    "async () => ({ toJSON() { throw new RangeError('not JSON'); } })",
    /not JSON|Unable to stringify/,
  ],
  'a symbol': ["async () => Symbol('odd')", /Wrong arguments|stringify|serializ|undefined|symbol/i],
  'a function': ['async () => () => 1', /Wrong arguments|stringify|serializ|undefined|function/i],
  'seven megabytes': [
    "async () => 'x'.repeat(7 * 1024 * 1024)",
    /ResponseSizeTooLarge|maximum allowed payload size|6291/,
  ],
};

const read: Readonly<Record<string, string>> = {
  'a toJSON that counts':
    "async () => { let reads = 0; return { toJSON: () => { count('toJSON'); return (reads += 1); } }; }",
  'a getter that counts':
    "async () => { let reads = 0; return { get n() { count('getter'); return (reads += 1); } }; }",
  'a getter that is gone after it was read':
    'async () => { const once = { get n() { delete once.n; return 1; } }; return once; }',
};

export const unsendableResponses: readonly Ending[] = [
  ...Object.entries(unsendable).map(
    ([name, [handler, ...says]]): Ending => ({
      name,
      handler,
      gives: failed,
      report: reportedAs(...says),
    }),
  ),
  ...Object.entries(read).map(
    ([name, handler]): Ending => ({ name, handler, gives: answered, report: { isSuccess: true } }),
  ),
];
