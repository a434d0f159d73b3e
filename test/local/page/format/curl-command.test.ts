import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curlCommand } from '../../../../src/local/page/format/curl-command.ts';

describe('curlCommand', () => {
  test('formats a readable command', () => {
    const command = curlCommand(
      {
        method: 'POST',
        path: '/agent-execution/agent/report_task',
        headers: {
          host: 'elsewhere',
          'content-length': '16',
          'x-api-key': '[masked]',
          'content-type': 'application/json',
        },
        body: `{"input":"it's"}`,
      },
      'http://127.0.0.1:4747',
    );

    expect(command).toMatchInlineSnapshot(`
      "curl --globoff --path-as-is -X 'POST' 'http://127.0.0.1:4747/agent-execution/agent/report_task' \\
        -H "x-api-key: $XPANDER_API_KEY" \\
        -H 'content-type: application/json' \\
        --data-raw '{"input":"it'\\''s"}'"
    `);
  });

  test('passes hostile bodies to curl unchanged without shell expansion', () => {
    const hostile = [
      `'; touch /tmp/owned; '`,
      '$(id) `id` $HOME !! !$ \\',
      '-o /etc/passwd',
      '@/etc/passwd',
      "'\\''",
      '\n\n; rm -rf x',
    ];
    for (const text of hostile) {
      const body = JSON.stringify({ input: text });

      expect(JSON.parse(sentBody(body)).input).toBe(text);
    }
  });

  test('sends the same JSON for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(JSON.parse(sentBody(JSON.stringify({ text })))).toEqual({ text });
      }),
      { numRuns: 40 },
    );
  });

  test('contains no control characters', () => {
    const body = '{"a":"\u009b201~\u202e\u2028\u007f"}\r\n';

    const command = curlCommand({ method: 'POST', path: '/\u009b', headers: {}, body }, 'http://x');

    expect(command).toMatch(/^[\x20-\x7e\n]*$/);
    expect(command).toContain(String.raw`\u009b201~\u202e\u2028\u007f`);
  });

  test('omits a header with control characters and keeps an empty one', () => {
    const headers = { 'x-odd': 'a\u009b', 'x-empty': '', 'x-kept': `it's` };

    const command = curlCommand({ method: 'POST', path: '/', headers, body: '' }, 'http://x');

    expect(command).not.toContain('x-odd');
    expect(command).toContain("-H 'x-empty;'");
    expect(command).toContain(`-H 'x-kept: it'\\''s'`);
  });
});

/** The body that curl would send, recorded by a fake curl in a shell. */
function sentBody(body: string): string {
  const command = curlCommand({ method: 'POST', path: '/a', headers: {}, body }, 'http://x');
  const last = 'curl() { for last; do :; done; printf %s "$last"; }';
  return execFileSync('/bin/sh', ['-c', `${last}\n${command}`], { encoding: 'utf8' });
}
