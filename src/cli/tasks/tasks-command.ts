import { Command, Option } from 'commander';
import { readVariable } from '../../config/environment.ts';
import type { TaskListItem } from '../../platform/task.ts';
import { endWith, exitAsUsage, sayError } from '../shared/exit-codes.ts';
import { name, wholeNumber } from '../shared/flag-values.ts';
import {
  addPlatformFlags,
  keyHelp,
  openPlatform,
  type PlatformFlags,
} from '../shared/platform-access.ts';
import { tabbedLines, tableLines } from '../shared/table.ts';
import { taskStatuses } from '../shared/task-status.ts';
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
On a terminal it prints a table. Into a pipe or file it prints a line for each task, uncut, without
a head: time, status, agent, id and result, apart by tabs. --json prints a list of what the platform
keeps, with names in camelCase; id, agentId, organizationId and status are always there.
${keyHelp}

Examples:
  $ xpander-lambda tasks --agent agent-123 --status failed
  $ xpander-lambda tasks --base-url http://127.0.0.1:4747      the local platform
  $ xpander-lambda tasks --limit 0 --json | jq -r '.[] | select(.status == "failed") | .id'

Exit codes: 0 listed, 1 the platform could not be asked for all, 2 wrong usage.`;

/** `xpander-lambda tasks`: lists tasks, the newest first. */
export function tasksCommand(): Command {
  const command = new Command('tasks')
    .description('List the tasks of an agent, or of all agents, the newest first.')
    .option('--agent <id>', 'agent (default: XPANDER_AGENT_ID, else all agents of the key)', name)
    .addOption(
      new Option('--all-agents', 'all agents, whatever XPANDER_AGENT_ID says').conflicts('agent'),
    )
    .addOption(new Option('--status <status>', 'only tasks in this status').choices(taskStatuses))
    .option('--limit <number>', 'list so many at most; 0 for all', wholeNumber(0), 30);
  return addPlatformFlags(command)
    .option('--json', 'print the tasks as JSON')
    .addHelpText('after', help)
    .exitOverride(exitAsUsage)
    .action(run);
}

async function run(flags: TasksFlags, command: Command): Promise<void> {
  try {
    const agentId = flags.agent ?? readVariable(process.env, 'agentId');
    const wanted = flags.allAgents ? undefined : agentId;
    const platform = await openPlatform(flags);
    const { tasks, failures } = await newestTasks(platform, wanted, flags.status);
    const shown = flags.limit === 0 ? tasks : tasks.slice(0, flags.limit);
    if (flags.json) console.log(safeJson(shown, 2));
    else printTasks(shown, wanted !== undefined, terminalOf(command));
    if (process.stdout.isTTY) sayHowMany(shown.length, tasks.length);
    for (const { agentId: id, error } of failures) {
      sayError(`The tasks of agent '${id}' are missing. ${error.message}`);
      process.exitCode = 1;
    }
  } catch (error) {
    endWith(error);
  }
}

function printTasks(tasks: readonly TaskListItem[], isOneAgent: boolean, terminal: Terminal): void {
  const width = terminal.columns();
  const columns = taskColumns(terminal);
  const lines =
    width === undefined
      ? tabbedLines(tasks, columns)
      : tableLines(
          tasks,
          columns.filter(({ title }) => !(isOneAgent && title === 'AGENT')),
          width,
        ).map(({ kind, text }) => (kind === 'head' ? terminal.paint('dim', text) : text));
  if (tasks.length > 0) console.log(lines.join('\n'));
}

function sayHowMany(shown: number, found: number): void {
  if (found === 0) console.error('There are no such tasks.');
  if (shown < found) console.error(`${shown} of ${found}; --limit 0 lists all.`);
}
