import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBacklog } from '../../../src/cli/replay/backlog.ts';
import { readBacklog } from '../../../src/cli/replay/read-backlog.ts';
import { readExport } from '../../../src/cli/replay/read-export.ts';
import { sendBacklog } from '../../../src/cli/replay/send-backlog.ts';
import { startForTest } from '../../local/platform-client.ts';
import { fileForms } from './export-forms.ts';
import { lambdaFormats, undeliveredMessage, wireReport } from './log-lines.ts';

const time = new Date('2026-11-22T10:00:00.000Z');

test.each(Object.entries(fileForms))('sends what is in %s', async (_, form) => {
  const { url, requests } = await startForTest();
  const awkward = { input: 'ü 😀 "quoted" \\ {', result: null, llm_response: '{"a":"\\""}' };
  const file = temporaryFile(
    form([
      { time, message: 'START RequestId: 1 Version: $LATEST\n' },
      { time, message: lambdaFormats.text(undeliveredMessage({ id: 'a', ...awkward }), time) },
      { time, message: 'END RequestId: 1\n' },
      { time, message: lambdaFormats.json(undeliveredMessage({ id: 'b' }, 'agent-2'), time) },
      { time, message: `${undeliveredMessage({ id: 'c', ...awkward })}\n` },
      { time, message: lambdaFormats['sentinel json'](undeliveredMessage({ id: 'd' }), time) },
    ]),
  );
  const { signal } = new AbortController();
  const connection = { baseUrl: url, apiKey: 'k', timeoutMs: 5_000 };
  const backlog = await openBacklog();
  onTestFinished(() => backlog.close());

  const read = await readBacklog(backlog, readExport(file, signal), undefined);
  await sendBacklog(backlog, { connection, perMinute: 0, signal, onProgress: () => {} });

  expect(read).toEqual({ found: 4, unreadable: [] });
  expect(requests().map(({ path, body }) => ({ path, body }))).toEqual([
    {
      path: '/agent-execution/agent-1/report_task',
      body: wireReport({ id: 'a', ...awkward }),
    },
    { path: '/agent-execution/agent-2/report_task', body: wireReport({ id: 'b' }) },
    {
      path: '/agent-execution/agent-1/report_task',
      body: wireReport({ id: 'c', ...awkward }),
    },
    { path: '/agent-execution/agent-1/report_task', body: wireReport({ id: 'd' }) },
  ]);
});

function temporaryFile(bytes: Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'export'), bytes);
  return join(directory, 'export');
}
