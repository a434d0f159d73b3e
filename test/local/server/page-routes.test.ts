import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPageServer } from '../page-server.ts';
import { call, report, startForTest } from '../platform-client.ts';

const files = {
  'index.html': '<p>page</p>',
  'app.AB12.js': 'let a',
  'app.css': 'p {}',
  'x.unknown': '?',
};

test.each([
  '/',
  '/?text=a',
  '/metrics',
  '/tasks/agent-1/ext-1',
  '/tasks/a%2Fb/c%2Fd%3Fe%23f',
  '/tasks/%00/%E0%A4%A',
  '/tasks/agents/list',
])('serves the page at %s', async (path) => {
  const { url } = await startPageServer(files);

  const response = await fetch(url + path, { headers: { accept: 'text/html' } });

  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await response.text()).toBe('<p>page</p>');
});

test.each([
  ['app.AB12.js', 'text/javascript; charset=utf-8', 'let a'],
  ['app.css', 'text/css; charset=utf-8', 'p {}'],
  ['x.unknown', 'application/octet-stream', '?'],
])('serves the asset %s as %s', async (name, type, content) => {
  const { url } = await startPageServer(files);

  const response = await fetch(`${url}/page/assets/${name}`);

  expect(response.headers.get('content-type')).toBe(type);
  expect(await response.text()).toBe(content);
});

test('responds with 304 to a matching entity tag', async () => {
  const { url } = await startPageServer(files);
  const path = `${url}/page/assets/app.css`;

  const first = await fetch(path);
  const etag = first.headers.get('etag') ?? '';
  const known = await fetch(path, { headers: { 'if-none-match': `"old", ${etag}` } });
  const changed = await fetch(path, { headers: { 'if-none-match': '"old"' } });

  expect(etag).toMatch(/^"[\w-]{43}"$/);
  expect([first.status, known.status, changed.status]).toEqual([200, 304, 200]);
  expect(known.headers.get('etag')).toBe(etag);
  expect(first.headers.get('cache-control')).toBe('no-cache');
});

test.each([
  '/page/assets/../secret.txt',
  '/page/assets/..%2Fsecret.txt',
  '/page/assets/%2e%2e%2fsecret.txt',
  '/page/assets/..%5Csecret.txt',
  '/page/assets/%252e%252e%252fsecret.txt',
  '/page/assets//etc/passwd',
  '/page/assets/%2Fetc%2Fpasswd',
  '/page/assets/app.css%00.js',
  '/page/assets/folder',
  '/page/assets/',
  '/page/assets/nothing.js',
])('serves no file outside the page for %s', async (path) => {
  const { url } = await startPageServer(files);

  expect(await rawStatus(url, path)).toBe(404);
});

test('explains how to build the page until it has been built', async () => {
  const { url, folder } = await startPageServer({});

  const before = await call(url, '/');
  writeFileSync(join(folder, 'index.html'), 'built');
  const after = await call(url, '/');

  expect(before.body).toContain('npm run build');
  expect(before.headers.get('content-type')).toMatch('text/html');
  expect(after.body).toBe('built');
});

const paths = [
  '/',
  '/metrics',
  '/tasks/a/b',
  '/page/tasks',
  '/page/tasks?limit=x',
  '/page/task?agent=a&id=b',
  '/page/filters',
  '/page/metrics',
  '/page/events',
  '/page/assets/app.css',
  '/page/assets/none',
];

test.each(paths)('sends security headers at %s', async (path) => {
  const { url } = await startPageServer(files);

  const response = await fetch(url + path);
  await response.body?.cancel();

  const { headers } = response;
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]),
  );
  expect(policy).not.toContain('unsafe');
  expect(Object.fromEntries(headers)).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': expect.stringMatching(/^no-(store|cache)$/),
  });
  expect(headers.has('access-control-allow-origin')).toBe(false);
});

test.each(['tasks', 'page', 'metrics', 'assets'])(
  'handles API requests for an organization named %j',
  async (organization) => {
    const { url } = await startForTest();
    const base = `${url}/${organization}`;
    await report(base, 'agents', { id: 'list' });

    const codes = await Promise.all(
      ['/agents/list', '/agents/agents', '/agent-execution/list/status'].map(async (path) => {
        const { status, body } = await call(base, path);
        return [status, typeof body];
      }),
    );

    expect(codes).toEqual([
      [200, 'object'],
      [200, 'object'],
      [200, 'object'],
    ]);
    expect((await call(base, '/agents/list', { headers: { 'x-api-key': '' } })).status).toBe(401);
  },
);

test('excludes page requests from the request log and from faults', async () => {
  const platform = await startForTest({ faults: { kind: 'status', status: 500, calls: 'all' } });

  const page = await call(platform.url, '/page/tasks');
  const other = await call(platform.url, '/agents/list');

  expect([page.status, other.status]).toEqual([200, 500]);
  expect(platform.requests().map(({ path }) => path)).toEqual(['/agents/list']);
});

test('responds to HEAD without waiting for events', async () => {
  const { url } = await startPageServer(files);

  const codes = await Promise.all(
    ['/', '/page/tasks', '/page/events'].map(
      async (path) => (await fetch(url + path, { method: 'HEAD' })).status,
    ),
  );

  expect(codes).toEqual([200, 200, 200]);
});

test.each(['POST', 'PUT', 'DELETE'])('rejects %s for the page', async (method) => {
  const { url } = await startPageServer(files);

  const codes = await Promise.all(
    ['/', '/page/tasks', '/page/events', '/page/assets/app.css'].map(
      async (path) => (await fetch(url + path, { method })).status,
    ),
  );

  expect(new Set(codes)).toEqual(new Set([404]));
});

// fetch resolves dots in a path before sending it.
function rawStatus(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
