import { expect, onTestFinished, test } from 'vitest';
import { openBacklog } from '../../../src/cli/replay/backlog.ts';
import { readBacklog } from '../../../src/cli/replay/read-backlog.ts';
import { readExport } from '../../../src/cli/replay/read-export.ts';
import { sendBacklog } from '../../../src/cli/replay/send-backlog.ts';
import { startForTest } from '../../local/platform-client.ts';
import { temporaryFile } from '../../support/temporary-file.ts';
import { fileFormats } from './export-formats.ts';
import { deadLetterMessage, lambdaFormats, wireReport } from './log-lines.ts';

const time = new Date('2026-11-22T10:00:00.000Z');

test.each(Object.entries(fileFormats))('sends every report in %s', async (_, writeExport) => {
  const { url, requests } = await startForTest();
  const awkward = { input: 'ü 😀 "quoted" \\ {', result: null, llm_response: '{"a":"\\""}' };
  const file = temporaryFile(
    'export',
    writeExport([
      { time, message: 'START RequestId: 1 Version: $LATEST\n' },
      { time, message: lambdaFormats.text(deadLetterMessage({ id: 'a', ...awkward }), time) },
      { time, message: 'END RequestId: 1\n' },
      { time, message: lambdaFormats.json(deadLetterMessage({ id: 'b' }, 'agent-2'), time) },
      { time, message: `${deadLetterMessage({ id: 'c', ...awkward })}\n` },
      { time, message: lambdaFormats['sentinel json'](deadLetterMessage({ id: 'd' }), time) },
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
