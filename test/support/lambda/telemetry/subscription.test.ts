import { describe, expect, test } from 'vitest';
import { readSubscription } from './subscription.ts';

const full = {
  schemaVersion: '2025-01-29',
  types: ['platform', 'function'],
  buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 },
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:8080/telemetry' },
};

test('a subscription is read, and the name of the sandbox resolved', () => {
  expect(readSubscription(JSON.stringify(full), false)).toEqual({
    schemaVersion: '2025-01-29',
    types: ['platform', 'function'],
    maxItems: 1000,
    maxBytes: 262_144,
    timeoutMs: 25,
    url: new URL('http://127.0.0.1:8080/telemetry'),
  });
});

test('buffering may be left out', () => {
  const { buffering: _, ...rest } = full;

  expect(readSubscription(JSON.stringify(rest), false)).toMatchObject({
    maxItems: 10_000,
    maxBytes: 262_144,
    timeoutMs: 1000,
  });
});

describe('everything that is wrong is said', () => {
  const destination = (URI: string): object => ({ destination: { protocol: 'HTTP', URI } });

  test.each<[string, object | string, string[]]>([
    ['no JSON', 'none', ['body is not a JSON object']],
    ['a version', { schemaVersion: '2020-08-15' }, ['schemaVersion is not supported']],
    ['no types', { types: [] }, ['types should not be empty']],
    ['a type', { types: ['platform', 'fault'] }, ['types contains an unknown type']],
    [
      'a protocol',
      { destination: { ...full.destination, protocol: 'TCP' } },
      ['protocol should be HTTP'],
    ],
    ['no address', destination('here'), ['URI is not valid']],
    ['no port', destination('http://sandbox.localdomain/'), ['URI port is not provided']],
    ['a reserved port', destination('http://sandbox:9001/'), ['URI port 9001 is reserved']],
    ['another host', destination('http://127.0.0.1:8080/'), ['URI host is not the sandbox']],
    [
      'limits',
      { buffering: { maxItems: 10, maxBytes: 1, timeoutMs: 60_000 } },
      [
        'maxItems should be between 1000 and 10000',
        'maxBytes should be between 262144 and 1048576',
        'timeoutMs should be between 25 and 30000',
      ],
    ],
  ])('%s', (_, wrong, problems) => {
    const body = typeof wrong === 'string' ? wrong : JSON.stringify({ ...full, ...wrong });

    expect(readSubscription(body, false)).toEqual(problems);
  });
});

test('Managed Instances know the newest version only', () => {
  const older = JSON.stringify({ ...full, schemaVersion: '2022-12-13' });

  expect(readSubscription(older, true)).toEqual(['schemaVersion is not supported']);
  expect(readSubscription(older, false)).toMatchObject({ schemaVersion: '2022-12-13' });
});
