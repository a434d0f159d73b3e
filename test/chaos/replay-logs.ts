/** Sends again what environments have written into their logs, by the command that users have. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LocalPlatform } from '../../src/local/server/local-platform.ts';
import type { Lambda } from '../support/lambda/lambda.ts';
import { temporaryFolder } from './environments.ts';

const command = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** @returns the command's summary; undefined when there was nothing to send */
export async function replayLogs(
  platform: Pick<LocalPlatform, 'url'>,
  lambdas: readonly Pick<Lambda, 'logs'>[],
): Promise<({ readonly notSent: readonly unknown[] } & Record<string, unknown>) | undefined> {
  const lines = lambdas.flatMap(({ logs }) => withTimes(logs));
  if (!lines.some((line) => line.includes('undelivered report'))) return undefined;
  const file = join(await temporaryFolder(), 'export.log');
  await writeFile(file, lines.join('\n'));
  const replay = spawn(process.execPath, [command, 'replay', file, '--rate', '0', '--json'], {
    env: { ...process.env, XPANDER_BASE_URL: platform.url, XPANDER_API_KEY: 'key-of-the-test' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(replay.stdout), once(replay, 'close')]);
  return JSON.parse(output);
}

/** CloudWatch knows when each line came; those of extensions have no time of their own. */
function withTimes(logs: readonly string[]): string[] {
  let latest = '';
  return logs.map((line) => {
    const [time] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line.slice(0, 60)) ?? [];
    latest = time ?? latest;
    return time === undefined && latest !== '' ? `${latest} ${line}` : line;
  });
}
