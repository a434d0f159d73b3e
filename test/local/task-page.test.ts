import { expect, test } from 'vitest';
import { call, report, startForTest } from './platform-client.ts';

test('shows the tasks, the last updated first, with the first line of input and result', async () => {
  const { url } = await startForTest();
  await report(url, 'agent-1', { id: 'older', is_success: false });
  await report(url, 'agent-2', {
    id: 'newer',
    input: '\nquestion\nmore',
    result: `answer ${'x'.repeat(500)}`,
    duration: 1.234,
    tokens: { prompt_tokens: 40, completion_tokens: 2 },
    used_tools: ['search', 'fetch'],
  });

  const { status, body } = await call(url, '/', { headers: { 'x-api-key': '' } });

  expect(status).toBe(200);
  const cells = String(body)
    .split('<tr>')
    .slice(2)
    .map((row) => [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell));
  expect(cells).toEqual([
    [
      'completed',
      'agent-2',
      'newer',
      'question',
      `answer ${'x'.repeat(153)}…`,
      '1.23 s',
      '42',
      'search, fetch',
      expect.stringContaining('<time datetime="'),
    ],
    ['failed', 'agent-1', 'older', '–', '–', '0.00 s', '–', '', expect.any(String)],
  ]);
});

test('says so when there is no task', async () => {
  const { url } = await startForTest();

  const { body } = await call(url, '/');

  expect(body).toContain('No task has been reported yet.');
});

test('shows the newest hundred', async () => {
  const { url } = await startForTest();
  for (let n = 1; n <= 101; n++) {
    await report(url, 'agent-1', { id: `task-${n}.` });
  }

  const { body } = await call(url, '/');

  expect(String(body).match(/task-\d+\./g)).toEqual(
    Array.from({ length: 100 }, (_, n) => `task-${101 - n}.`),
  );
});

test('shows hostile texts as text, and forbids scripts and loading', async () => {
  const { url } = await startForTest();
  const attack = `</td><script>alert(1)</script><img src=x onerror="alert('2')">&amp;`;
  await report(url, attack, {
    id: attack,
    input: attack,
    result: attack,
    used_tools: [attack],
  });

  const { body, headers } = await call(url, '/');

  expect(body).not.toMatch(/<script|<img|onerror="/);
  expect(String(body).match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)).toHaveLength(5);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});
