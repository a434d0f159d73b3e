import { expect, test } from 'vitest';
import { type ErrorPolicy, policyFor } from '../../../src/delivery/policy/error-policy.ts';
import { ApiError, ApiKeyError, ConnectionError, XpanderError } from '../../../src/errors.ts';

const answered = (statusCode: number): ApiError =>
  new ApiError('refused', { statusCode, description: '' });
const broken = (code: string): ConnectionError => new ConnectionError('no answer', { code });

type Fate = 'retried' | 'kept' | 'given up';

test.each<[string, unknown, Fate, ErrorPolicy['platform']]>([
  ['a fault of the platform', answered(500), 'retried', 'down'],
  ['a gateway that reaches nobody', answered(502), 'retried', 'down'],
  ['a request timeout', answered(408), 'retried', 'up'],
  ['too early a request', answered(425), 'retried', 'up'],
  ['too many requests', answered(429), 'retried', 'up'],
  ['a bad request', answered(400), 'given up', 'up'],
  ['a refused key', answered(401), 'given up', 'up'],
  ['a key without permission', answered(403), 'given up', 'up'],
  ['an unknown agent', answered(404), 'given up', 'up'],
  ['a refused field', answered(422), 'given up', 'up'],
  ['a redirect', answered(302), 'given up', 'up'],
  ['an answer that is not JSON', answered(200), 'given up', 'up'],
  ['nothing that listens', broken('ECONNREFUSED'), 'retried', 'down'],
  ['a connection that broke', broken('ECONNRESET'), 'retried', 'down'],
  ['a name that does not resolve', broken('ENOTFOUND'), 'retried', 'down'],
  ['no answer in time', broken('ETIMEDOUT'), 'retried', 'down'],
  ['a certificate that is not trusted', broken('CERT_HAS_EXPIRED'), 'kept', 'down'],
  ['an answer that is not HTTP', broken('HPE_INVALID_CONSTANT'), 'kept', 'down'],
  ['an abort', broken('ABORTED'), 'kept', 'unknown'],
  ['no key', new ApiKeyError('no such secret'), 'kept', 'unknown'],
  ['another error of this package', new XpanderError('unreadable'), 'given up', 'unknown'],
  ['an internal error', new TypeError('undefined is not a function'), 'given up', 'unknown'],
  ['nothing', undefined, 'given up', 'unknown'],
])('after %s a report is treated as expected', (_, error, fate, platform) => {
  expect(policyFor(error)).toMatchObject({
    isTemporary: fate === 'retried',
    isFinal: fate === 'given up',
    platform,
  });
});
