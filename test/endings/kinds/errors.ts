/** Errors that hold other errors, or notice that they are read. */
import { type Ending, failed, reportedAs } from '../ending.ts';

export const errors: readonly Ending[] = [
  {
    name: 'an error in a field',
    handler:
      "async () => { throw Object.assign(new Error('outer'), { details: new RangeError('in the field') }); }",
    gives: { kind: 'error', errorType: 'Error' },
    report: reportedAs('Error: outer'),
  },
  {
    name: 'an error deep in a field',
    handler:
      "async () => { throw Object.assign(new Error('outer'), { details: [{ reason: new RangeError('deep in the field') }] }); }",
    gives: failed,
    report: reportedAs('Error: outer'),
  },
  {
    name: 'an aggregate',
    handler:
      "async () => { throw new AggregateError([new Error('one'), new RangeError('another')], 'both'); }",
    gives: { kind: 'error', errorType: 'AggregateError' },
    report: reportedAs('AggregateError: both', 'one', 'another'),
  },
  {
    name: 'a cause',
    handler: "async () => { throw new Error('outer', { cause: new RangeError('why') }); }",
    gives: failed,
    report: reportedAs('Error: outer', 'RangeError: why'),
  },
  {
    name: 'a stack that is a getter',
    handler:
      "async () => { throw Object.defineProperty(new Error('read'), 'stack', { get() { count('stack'); return 'Error: read\\n    at nowhere (nowhere:1:1)'; } }); }",
    gives: failed,
    report: reportedAs('read'),
  },
  {
    name: 'a message that is a getter',
    handler:
      "async () => { throw Object.defineProperty(new Error(), 'message', { get() { count('message'); return 'read'; } }); }",
    gives: failed,
    report: reportedAs('read'),
  },
  {
    name: 'an error of a function with a name',
    handler: "async function ask() { throw new Error('asked'); }",
    gives: failed,
    report: reportedAs('Error: asked'),
  },
  {
    name: 'an error before the first await',
    handler: "() => { throw new RangeError('at once'); }",
    gives: failed,
    report: reportedAs('RangeError: at once'),
  },
  {
    name: 'an error after an await',
    handler: "async () => { await sleep(1); throw new RangeError('later'); }",
    gives: failed,
    report: reportedAs('RangeError: later'),
  },
];
