/** Errors of which Middy's own middleware makes a response. */
import { answered, type Ending, reportedAs } from '../ending.ts';

const handler = `(reporter) => middy().use(reporter()).use(httpErrorHandler({ fallbackMessage: 'Sorry' })).handler(async function ask() { throw new TypeError('model failed'); })`;

export const httpMiddleware: readonly Ending[] = [
  {
    name: 'an error that became a response',
    handler,
    gives: answered,
    report: reportedAs('TypeError: model failed', /\n\s+at \S*ask /, '500', 'Sorry'),
    attachments: ['middleware', 'middleware in-band'],
  },
  {
    name: 'an error that became a response before anybody else saw it',
    handler,
    gives: answered,
    report: reportedAs('500'),
    attachments: ['wrapper', 'layer'],
  },
];
