import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startForTest } from '../../local/platform-client.ts';
import { closedPort } from '../../support/closed-port.ts';
import { temporaryFile } from '../../support/temporary-file.ts';
import { endOf, run, start } from '../command-process.ts';

test('passes input and output of a command through and reports its outcome', async () => {
  const { url, tasks } = await startForTest();
  const script = 'cat; echo warned >&2; exit 3';

  const [failed, fine] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'sh', '-c', script], { url, stdin: 'given\n' }),
    run(
      [
        'report',
        '--agent',
        'b',
        '--id',
        'x',
        '--input',
        'say',
        '--tool',
        't',
        '--',
        'echo',
        '-n',
        'hi',
      ],
      {
        url,
      },
    ),
  ]);

  expect(failed).toEqual({ code: 3, stdout: 'given\n', stderr: 'warned\n' });
  expect(fine).toEqual({ code: 0, stdout: 'hi', stderr: '' });
  expect(tasks('a')).toMatchObject([
    { status: 'failed', input: `sh -c '${script}'`, result: 'Exit code 3\nwarned' },
  ]);
  expect(tasks('a')[0]?.durationSeconds).toBeGreaterThan(0);
  expect(tasks('b')).toMatchObject([
    { id: 'x', status: 'completed', input: 'say', result: 'hi', usedTools: ['t'] },
  ]);
});

test('redacts secrets in the command line and the output', async () => {
  const { url, tasks } = await startForTest();

  await run(['report', '--agent', 'a', '--', 'echo', '--password=hunter2hunter2'], { url });

  expect(tasks()[0]?.status).toBe('completed');
  expect(JSON.stringify(tasks())).not.toContain('hunter2');
});

test('exits with the exit code of the command although the report fails', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;

  const [unreachable, noAgent, disabled] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'sh', '-c', 'exit 7'], { url }),
    run(['report', '--', 'echo', 'hi'], { url }),
    run(['report', '--', 'echo', 'hi'], { url, env: { XPANDER_DISABLED: 'true' } }),
  ]);

  expect(unreachable.code).toBe(7);
  expect(unreachable.stderr).toMatch(/^error: 'sh' was not reported\. .*ECONNREFUSED/);
  expect(noAgent).toEqual({
    code: 0,
    stdout: 'hi\n',
    stderr: "error: 'echo' was not reported. No agent. Use --agent or set XPANDER_AGENT_ID.\n",
  });
  expect(disabled).toEqual({ code: 0, stdout: 'hi\n', stderr: '' });
});

test('reports a command that cannot start as failed', async () => {
  const { url, tasks } = await startForTest();
  const noProgram = temporaryFile('text', 'x');

  const [missing, forbidden] = await Promise.all([
    run(['report', '--agent', 'a', '--', 'no-such-program'], { url }),
    run(['report', '--agent', 'b', '--', noProgram], { url }),
  ]);

  expect(missing).toEqual({
    code: 127,
    stdout: '',
    stderr: "error: The command 'no-such-program' was not found.\n",
  });
  expect(forbidden.code).toBe(126);
  expect(tasks('a')).toMatchObject([
    { status: 'failed', result: "The command 'no-such-program' was not found." },
  ]);
  expect(tasks('b')).toMatchObject([{ status: 'failed' }]);
});

test('forwards SIGTERM and reports the signal that ended the command', async () => {
  const { url, tasks } = await startForTest();
  const args = ['report', '--agent', 'a', '--', 'sh', '-c', 'echo ready; exec sleep 60'];
  const child = start(args, { url });
  const ended = endOf(child);
  if (child.stdout) await once(child.stdout, 'data');

  child.kill('SIGTERM');

  expect((await ended).code).toBe(143);
  expect(tasks()).toMatchObject([{ status: 'failed', result: 'Ended by SIGTERM\nready' }]);
});

test('does not wait for background processes of the command', async () => {
  const { url, tasks } = await startForTest();

  const ended = await run(['report', '--agent', 'a', '--', 'sh', '-c', 'sleep 30 & echo $!'], {
    url,
  });
  process.kill(Number(ended.stdout));

  expect(ended.code).toBe(0);
  expect(tasks()).toMatchObject([{ status: 'completed', result: ended.stdout.trim() }]);
});

test('stops the command and reports it if the reader closes the output', async () => {
  const { url, tasks } = await startForTest();
  const child = start(['report', '--agent', 'a', '--', 'yes'], { url });
  const exited = once(child, 'exit');

  child.stdout?.once('data', () => child.stdout?.destroy());

  const [code] = await exited;
  expect(code).not.toBe(0);
  expect(tasks()).toMatchObject([{ status: 'failed' }]);
});
