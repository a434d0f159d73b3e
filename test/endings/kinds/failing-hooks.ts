/** Hooks of other middleware that throw, so that Middy calls none of the reporter's any more. */
import { completed, type Ending, failed, reportedAs } from '../ending.ts';

function thrower(hooks: string): string {
  return `(reporter) => middy().use(reporter()).use(${hooks}).handler(async () => { throw new TypeError('model failed'); })`;
}

export const failingHooks: readonly Ending[] = [
  {
    name: 'an onError that throws its error again',
    handler: thrower('{ onError: async ({ error }) => { throw error; } }'),
    gives: { kind: 'error', errorType: 'TypeError' },
    report: reportedAs('TypeError: model failed'),
  },
  {
    name: 'an onError that throws its error again after a while',
    handler: thrower('{ onError: async ({ error }) => { await sleep(20); throw error; } }'),
    gives: { kind: 'error', errorType: 'TypeError' },
    report: reportedAs('TypeError: model failed'),
  },
  {
    name: 'an onError that throws another error',
    handler: thrower("{ onError: async () => { throw new RangeError('notification failed'); } }"),
    gives: { kind: 'error', errorType: 'RangeError' },
    report: reportedAs(/model failed|notification failed/),
  },
  {
    name: 'a before that throws',
    handler:
      "(reporter) => middy().use(reporter()).use({ before: () => { throw new RangeError('refused'); } }).handler(async () => 'never')",
    gives: { kind: 'error', errorType: 'RangeError' },
    report: reportedAs('RangeError: refused'),
  },
  {
    name: 'an after that throws',
    handler:
      "(reporter) => middy().use({ after: () => { throw new RangeError('unsuitable'); } }).use(reporter()).handler(async () => 'fine')",
    gives: { kind: 'error', errorType: 'RangeError' },
    report: reportedAs('RangeError: unsuitable'),
  },
  {
    name: 'a requestEnd that throws',
    handler:
      "(reporter) => middy({ requestEnd: () => { throw new RangeError('at the end'); } }).use(reporter()).handler(async () => 'fine')",
    gives: failed,
    report: reportedAs('RangeError: at the end'),
  },
  {
    name: 'an onError that recovers',
    handler: thrower("{ onError: (request) => { request.response = 'recovered'; } }"),
    gives: { kind: 'response', body: '"recovered"' },
    report: completed,
    attachments: ['wrapper', 'layer'],
  },
];
