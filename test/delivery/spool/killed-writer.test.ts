import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSpool } from '../../../src/delivery/spool/spool.ts';
import { freshFolder } from './fresh-folder.ts';

const fewestRounds = 12;
const mostRounds = 200;

test('a kill at any moment loses nothing that was kept, and leaves nothing else', async () => {
  const folder = freshFolder();
  mkdirSync(dirname(folder), { recursive: true });
  const log = join(dirname(folder), 'log');
  writeFileSync(log, '');
  let unfinished = 0;

  // Until at least one kill came in the middle of a write.
  for (
    let round = 0;
    round < fewestRounds || (round < mostRounds && unfinished === 0);
    round += 1
  ) {
    await keepUntilKilled(folder, log, round * 1_000_000);
    const left = existsSync(folder) ? readdirSync(folder) : [];
    unfinished += left.filter((name) => name.startsWith('unfinished')).length;
    const spool = createSpool({ folder });
    const size = spool.size();
    const waiting = spool.next(1_000);
    const files = existsSync(folder) ? readdirSync(folder) : [];

    const held = new Map(waiting.map(({ report, attempts }) => [report.id, String(attempts)]));
    expect([waiting.length, files.length, held.size]).toEqual([size.count, size.count, size.count]);
    for (const [id, possible] of lastSaid(log)) {
      expect(possible).toContain(held.get(id) ?? 'removal');
    }
  }

  expect(unfinished).toBeGreaterThan(0);
});

async function keepUntilKilled(folder: string, log: string, firstStep: number): Promise<void> {
  const script = fileURLToPath(new URL('keep-forever.ts', import.meta.url));
  const before = readFileSync(log, 'utf8').length;
  const child = spawn(process.execPath, [script, folder, log, String(firstStep)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null && readFileSync(log, 'utf8').length === before) await sleep(2);
  await sleep(Math.random() * 30);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

/** By id, what it may hold: what was kept last, or what was begun after that. */
function lastSaid(log: string): Map<string, readonly string[]> {
  const said = new Map<string, readonly string[]>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [step, id, what] = line.split(' ');
    if (id === undefined || what === undefined) continue;
    if (step === 'kept') said.set(id, [what]);
    else said.set(id, [...(said.get(id) ?? ['removal']), what]);
  }
  return said;
}
