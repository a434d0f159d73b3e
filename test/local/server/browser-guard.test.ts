import { request } from 'node:http';
import { expect, test } from 'vitest';
import { call, startForTest } from '../platform-client.ts';

test.each([
  ['localhost:4747', 200],
  ['LOCALHOST', 200],
  ['127.0.0.1', 200],
  ['[::1]:80', 200],
  ['agent.localhost', 200],
  ['host.docker.internal:4747', 200],
  ['evil.example:4747', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['192.168.0.7', 403],
])('responds to Host %s with %i', async (host, expected) => {
  const { url } = await startForTest();

  expect(await get(`${url}/`, { host })).toBe(expected);
  expect(await get(`${url}/agents/list`, { host, 'x-api-key': 'k' })).toBe(expected);
});

test('responds to an invalid Host with 400', async () => {
  const { url } = await startForTest();

  expect(await get(`${url}/`, { host: 'not a host' })).toBe(400);
});

test('accepts any Host but requires a key for the page if it does not listen on loopback', async () => {
  const { url } = await startForTest({ host: '0.0.0.0', apiKeys: ['right'] });
  const login = (key: string) => `Basic ${Buffer.from(`:${key}`).toString('base64')}`;

  const codes = [
    await get(`${url}/agents/list`, { host: 'box.example', 'x-api-key': 'right' }),
    await get(`${url}/`, { host: 'box.example' }),
    await get(`${url}/`, { host: 'box.example', authorization: login('wrong') }),
    await get(`${url}/`, { host: 'box.example', authorization: login('right') }),
  ];

  expect(codes).toEqual([200, 401, 401, 200]);
});

test('rejects requests from web pages of other origins', async () => {
  const platform = await startForTest();

  const codes = await Promise.all(
    ['https://evil.example', 'null', 'http://127.0.0.1:1', platform.url].map(async (origin) => {
      const response = await call(platform.url, '/agents/list', { headers: { origin } });
      return response.status;
    }),
  );

  expect(codes).toEqual([403, 403, 403, 200]);
});

// fetch does not allow setting Host.
function get(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
