/**
 * What the page's queries cost with many tasks.
 *
 *     node test/bench/local-queries.ts                   100,000 tasks, about a minute
 *     node test/bench/local-queries.ts --tasks 10000
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { writeVersion1File } from '../local/store/version-1-file.ts';
import { madeUpTasks } from './made-up-tasks.ts';
import { quantile } from './statistics.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '100000' },
    repeat: { type: 'string', default: '30' },
  },
});
const count = Number(values.tasks);
const repeat = Number(values.repeat);
const now = Date.now();
const day = 24 * 60 * 60 * 1000;

const queries: Readonly<Record<string, string>> = {
  'first page': '/page/tasks',
  'page after 50,000 rows': `/page/tasks?after=${Math.ceil(count / 2)}`,
  'one agent': '/page/tasks?agent=agent-3',
  failed: '/page/tasks?status=failed',
  'one agent, failed': '/page/tasks?agent=agent-19&status=failed',
  'one tool': '/page/tasks?tool=tool_7',
  'rare tool, rare agent, failed': '/page/tasks?tool=tool_39&agent=agent-19&status=failed',
  'last day': `/page/tasks?${since(day)}`,
  'a day three weeks ago': `/page/tasks?${since(22 * day)}&to=${iso(now - 21 * day)}`,
  'agent, tool and a week': `/page/tasks?agent=agent-2&tool=tool_9&${since(7 * day)}`,
  'text, common': '/page/tasks?text=BABE',
  'text, found once': `/page/tasks?text=run-${Math.floor(count / 3)}%0A`,
  'text, found nowhere': '/page/tasks?text=nowhere%20at%20all',
  'text, two characters': '/page/tasks?text=qz',
  'text and agent, found nowhere': '/page/tasks?text=nowhere%20at%20all&agent=agent-19',
  detail: `/page/task?agent=${agentOf(Math.floor(count / 2))}&id=run-${Math.floor(count / 2)}`,
  filters: '/page/filters',
  'metrics, 24 hours': '/page/metrics',
  'metrics, 7 days': `/page/metrics?${since(7 * day)}`,
  'metrics, everything': '/page/metrics?from=1970-01-01T00:00:00Z',
  'metrics, everything of one agent': '/page/metrics?from=1970-01-01T00:00:00Z&agent=agent-1',
};

const folder = mkdtempSync(join(tmpdir(), 'local-queries-'));
try {
  await bench(join(folder, 'tasks.db'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench(file: string): Promise<void> {
  writeVersion1File(file, madeUpTasks(count, now));
  const before = statSync(file).size;
  const start = performance.now();
  await using platform = await startLocalPlatform({ databaseFile: file, maxTasks: count });
  const migrated = performance.now() - start;
  await indexed(platform.url);
  const whole = performance.now() - start;
  console.log(`${count} tasks on Node.js ${process.versions.node}`);
  console.log(
    `File of the first release: ${megabytes(before)}; open in ${migrated.toFixed(0)} ms, indexed in ${(whole / 1000).toFixed(1)} s`,
  );

  console.log('\n| query | p50 ms | p95 ms | CPU ms |\n|---|---|---|---|');
  for (const [name, path] of Object.entries(queries)) {
    const { times, cpu } = await measure(platform.url + path);
    const cells = [quantile(times, 0.5), quantile(times, 0.95), cpu].map((ms) => ms.toFixed(1));
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  }

  const begin = process.cpuUsage();
  const rate = await reportMany(platform.url, 8, 2000);
  const { user, system } = process.cpuUsage(begin);
  const cpu = (user + system) / 1000 / 2000;
  console.log(
    `\nReports a second from eight clients: ${rate.toFixed(0)}; CPU for each ${cpu.toFixed(1)} ms`,
  );
  console.log(`File: ${megabytes(statSync(file).size)}`);
}

async function indexed(url: string): Promise<void> {
  const oldest = `${url}/page/task?agent=${agentOf(0)}&id=run-0`;
  while (!(await fetch(oldest)).ok) await setTimeout(50);
}

/** CPU counts client and server, which share the process. */
async function measure(url: string): Promise<{ times: number[]; cpu: number }> {
  await (await fetch(url)).text();
  const times: number[] = [];
  const start = process.cpuUsage();
  for (let n = 0; n < repeat; n++) {
    const begin = performance.now();
    const response = await fetch(url);
    await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    times.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(start);
  return { times, cpu: (user + system) / 1000 / repeat };
}

async function reportMany(url: string, clients: number, reports: number): Promise<number> {
  const made = [...madeUpTasks(reports, now)];
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let n = client; n < reports; n += clients) {
        const report = { ...made[n]?.report, id: `new-${clients}-${n}` };
        const response = await fetch(`${url}/agent-execution/agent-new/report_task`, {
          method: 'POST',
          headers: { 'x-api-key': 'any', 'content-type': 'application/json' },
          body: JSON.stringify(report),
        });
        await response.text();
        if (!response.ok) throw new Error(`A report was answered with ${response.status}`);
      }
    }),
  );
  return (reports / (performance.now() - begin)) * 1000;
}

function agentOf(index: number): string {
  let n = 0;
  for (const task of madeUpTasks(count, now)) {
    if (n++ === index) return task.agentId;
  }
  return '';
}

function since(ms: number): string {
  return `from=${iso(now - ms)}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
