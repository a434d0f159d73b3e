import { Command, Option } from 'commander';
import { readVariable } from '../../config/environment.ts';
import type { TaskListItem } from '../../platform/task.ts';
import { exitOnUsageError, exitWithError, printError } from '../shared/exit-codes.ts';
import { nonEmpty, wholeNumber } from '../shared/flag-values.ts';
import {
  addPlatformFlags,
  keyHelp,
  openPlatform,
  type PlatformFlags,
} from '../shared/platform-access.ts';
import { taskStatuses } from '../shared/status-style.ts';
import { tableLines, tsvLines } from '../shared/table.ts';
import { type Terminal, terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';
import { newestTasks } from './newest-tasks.ts';
import { taskColumns } from './task-columns.ts';

interface TasksFlags extends PlatformFlags {
  readonly agent?: string;
  readonly allAgents?: boolean;
  readonly status?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const help = `
Prints a table on a terminal. In a pipe or file, prints one tab-separated line per task without
truncation and without a header: time, status, agent, id and result. --json prints a list of the
platform's records with names in camelCase; each has id, agentId, organizationId and status.
${keyHelp}

Examples:
  $ xpander-lambda tasks --agent agent-123 --status failed
  $ xpander-lambda tasks --base-url http://127.0.0.1:4747      the local platform
  $ xpander-lambda tasks --limit 0 --json | jq -r '.[] | select(.status == "failed") | .id'

Exit codes: 0 success, 1 some tasks could not be listed, 2 wrong usage.`;

/** `xpander-lambda tasks`: lists tasks, newest first. */
export function tasksCommand(): Command {
  const command = new Command('tasks')
    .description('List the tasks of one agent or of all agents, newest first.')
    .option('--agent <id>', 'agent (default: XPANDER_AGENT_ID, else all agents)', nonEmpty)
    .addOption(
      new Option('--all-agents', 'all agents; ignores XPANDER_AGENT_ID').conflicts('agent'),
    )
    .addOption(new Option('--status <status>', 'only tasks with this status').choices(taskStatuses))
    .option('--limit <number>', 'maximum number of tasks; 0 for all', wholeNumber(0), 30);
  return addPlatformFlags(command)
    .option('--json', 'print the tasks as JSON')
    .addHelpText('after', help)
    .exitOverride(exitOnUsageError)
    .action(run);
}

async function run(flags: TasksFlags, command: Command): Promise<void> {
  try {
    const agentId = flags.agent ?? readVariable(process.env, 'agentId');
    const selected = flags.allAgents ? undefined : agentId;
    const platform = await openPlatform(flags);
    const { tasks, failures } = await newestTasks(platform, selected, flags.status);
    const shown = flags.limit === 0 ? tasks : tasks.slice(0, flags.limit);
    if (flags.json) console.log(safeJson(shown, 2));
    else printTasks(shown, selected !== undefined, terminalOf(command));
    if (process.stdout.isTTY) printCounts(shown.length, tasks.length);
    for (const { agentId: id, error } of failures) {
      printError(`The tasks of agent '${id}' could not be listed. ${error.message}`);
      process.exitCode = 1;
    }
  } catch (error) {
    exitWithError(error);
  }
}

function printTasks(tasks: readonly TaskListItem[], isOneAgent: boolean, terminal: Terminal): void {
  const width = terminal.columns();
  const columns = taskColumns(terminal);
  const lines =
    width === undefined
      ? tsvLines(tasks, columns)
      : tableLines(
          tasks,
          columns.filter(({ title }) => !(isOneAgent && title === 'AGENT')),
          width,
        ).map(({ kind, text }) => (kind === 'header' ? terminal.paint('dim', text) : text));
  if (tasks.length > 0) console.log(lines.join('\n'));
}

function printCounts(shown: number, found: number): void {
  if (found === 0) console.error('No tasks found.');
  if (shown < found)
    console.error(`Showing ${shown} of ${found} tasks. Use --limit 0 to list all.`);
}
