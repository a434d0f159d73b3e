/** Builds a backlog from reports and sends it. */
import { onTestFinished } from 'vitest';
import { type Backlog, openBacklog } from '../../../src/cli/replay/backlog.ts';
import { readBacklog } from '../../../src/cli/replay/read-backlog.ts';
import { type SendOptions, sendBacklog } from '../../../src/cli/replay/send-backlog.ts';
import type { WireTaskReport } from '../../../src/platform/task-report.ts';
import { deadLetterMessage } from './log-lines.ts';

export async function backlogOf(reports: readonly Partial<WireTaskReport>[]): Promise<Backlog> {
  const backlog = await openBacklog();
  onTestFinished(() => backlog.close());
  const lines = reports.map((one) => `${deadLetterMessage(one)}\n`);
  await readBacklog(
    backlog,
    (async function* () {
      yield lines.join('');
    })(),
    undefined,
  );
  return backlog;
}

export function sendTo(
  { url }: { readonly url: string },
  backlog: Backlog,
  options: Partial<SendOptions> = {},
): ReturnType<typeof sendBacklog> {
  return sendBacklog(backlog, {
    connection: { baseUrl: url, apiKey: 'key-of-the-test', timeoutMs: 5_000 },
    perMinute: 0,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
}
