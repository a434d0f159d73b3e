/**
 * Shows the whole way of a report: sample agents in Lambda's runtime client report to a local
 * platform. `npm start` leaves the platform running, `npm start -- --once` checks and ends.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Tasks } from '../../src/index.ts';
import { type LocalPlatform, startLocalPlatform } from '../../src/local/server/local-platform.ts';
import { ensureRuntimeClient } from '../support/runtime-client/runtime-client.ts';
import { checkHistory } from './check-history.ts';
import { describeResult, historyTable } from './history-table.ts';
import { runAgents } from './run-agents.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
const staysOpen = process.stdout.isTTY && !values.once;
const databaseFile = fileURLToPath(new URL('../../xpander-local.db', import.meta.url));
const agentId = 'demo-agent';

step('Lambda runtime');
say((await ensureRuntimeClient()).description);

step('Local platform');
let platform = await startPlatform();
say(`${platform.url}, tasks are kept in xpander-local.db`);

step('Agents');
const runs = await runAgents({
  platformUrl: platform.url,
  agentId,
  onResult: (run) => say(describeResult(run)),
});

step('Task history, as GET /agent-execution/executions/history returns it');
const history = await new Tasks({ baseUrl: platform.url, apiKey: 'local' }).list(agentId);
say(historyTable(history, runs));

step('The same after a restart of the platform');
await platform.close();
platform = await startPlatform();
const problems = checkHistory(platform.tasks(agentId), runs);
say(problems.length === 0 ? 'All runs are there, each as it ended.' : problems.join('\n'));

if (staysOpen) {
  step('Look at it');
  say(`${platform.url}   Ctrl-C ends it.`);
  process.once('SIGINT', () => void platform.close());
} else {
  await platform.close();
}
process.exitCode = problems.length === 0 ? 0 : 1;

async function startPlatform(): Promise<LocalPlatform> {
  try {
    return await startLocalPlatform({ port: 4747, databaseFile });
  } catch {
    // Somebody else has the usual port; another one does as well.
    return startLocalPlatform({ databaseFile });
  }
}

function step(title: string): void {
  console.log(`\n${title}`);
}

function say(text: string): void {
  console.log(text.replace(/^/gm, '  '));
}
