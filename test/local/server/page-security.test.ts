import { request } from 'node:http';
import { expect, test } from 'vitest';
import { get } from '../page-client.ts';
import { call, report, startForTest } from '../platform-client.ts';

const paths = [
  '/',
  '/metrics',
  '/tasks/a/b',
  '/page/tasks',
  '/page/task?agent=a&id=b',
  '/page/filters',
  '/page/metrics',
  '/page/events',
  '/page/assets/app.css',
];

test.each(paths)('rejects foreign hosts and origins at %s', async (path) => {
  const { url } = await startForTest();
  const host = new URL(url).host;

  const codes = await Promise.all(
    [
      { host: 'evil.example' },
      { host: `localhost.evil.example:${new URL(url).port}` },
      { host, origin: 'https://evil.example' },
      { host, origin: 'null' },
      { host, origin: `https://${host}` },
      { host, 'sec-fetch-site': 'cross-site' },
      { host, 'sec-fetch-site': 'same-site' },
      {
        host,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'no-cors',
        'sec-fetch-dest': 'script',
      },
      {
        host,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'iframe',
      },
    ].map((headers) => statusOf(url + path, headers)),
  );

  expect(codes).toEqual(codes.map(() => 403));
});

test('allows links from other pages only to the page itself', async () => {
  const { url } = await startForTest();
  const headers = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };

  const codes = await Promise.all(
    ['/', '/metrics', '/tasks/a/b', '/page/tasks', '/page/events'].map((path) =>
      statusOf(url + path, headers),
    ),
  );
  const posted = await statusOf(`${url}/agent-execution/a/report_task`, headers, 'POST');

  expect(codes).toEqual([200, 200, 200, 403, 403]);
  expect(posted).toBe(403);
});

test.each(['same-origin', 'none'])('accepts requests with Sec-Fetch-Site %s', async (site) => {
  const { url } = await startForTest();

  expect(await statusOf(`${url}/page/tasks`, { 'sec-fetch-site': site })).toBe(200);
});

test('rejects reports from pages of other origins', async () => {
  const platform = await startForTest();

  const responses = await Promise.all(
    [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }].map((headers) =>
      call(platform.url, '/agent-execution/a/report_task', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      }),
    ),
  );

  expect(responses.map(({ status }) => status)).toEqual([403, 403]);
  expect(platform.tasks()).toEqual([]);
});

test.each(paths)('requires a key at %s if it does not listen on loopback', async (path) => {
  const { url } = await startForTest({ host: '0.0.0.0', apiKeys: ['right'] });
  const login = (key: string) => `Basic ${Buffer.from(`:${key}`).toString('base64')}`;

  const codes = await Promise.all([
    statusOf(url + path, {}),
    statusOf(url + path, { authorization: login('wrong') }),
    statusOf(url + path, { 'x-api-key': 'right' }),
    statusOf(url + path, { authorization: login('right') }),
    statusOf(url + path, { authorization: login('right'), 'sec-fetch-site': 'cross-site' }),
  ]);

  expect(codes.slice(0, 3)).toEqual([401, 401, 401]);
  expect(codes[3]).not.toBe(401);
  expect(codes[4]).toBe(403);
});

test('returns hostile texts as JSON and never as markup', async () => {
  const { url } = await startForTest();
  const attack = `</script><script>alert(1)</script><img src=x onerror="alert('2')">\u2028`;
  await report(url, attack, {
    id: attack,
    input: attack,
    result: attack,
    used_tools: [attack],
    tokens: { prompt_tokens: 1, completion_tokens: 1 },
    llm_response: { model: attack, [attack]: attack },
  });

  const responses = await Promise.all([
    get(url, 'tasks', { text: attack, tool: attack, agent: attack }),
    get(url, 'task', { agent: attack, id: attack }),
    get(url, 'filters'),
    get(url, 'metrics', { from: '1970-01-01' }),
  ]);
  const page = await call(
    url,
    `/tasks/${encodeURIComponent(attack)}/${encodeURIComponent(attack)}`,
  );

  for (const { status, headers, body } of responses) {
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.stringify(body)).toContain(JSON.stringify(attack).slice(1, -1));
  }
  expect(page.body).not.toContain('alert');
});

test.each([
  'status=<script>alert(1)</script>',
  'from=<script>alert(1)</script>',
  'after=<script>alert(1)</script>',
])('does not echo the invalid query %s', async (query) => {
  const { url } = await startForTest();

  const { status, body } = await get(url, 'tasks', Object.fromEntries(new URLSearchParams(query)));

  expect(status).toBe(422);
  expect(JSON.stringify(body)).not.toContain('alert');
});

// fetch does not allow setting Host, Origin or Sec-Fetch-Site.
function statusOf(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    })
      .on('error', reject)
      .end();
  });
}
