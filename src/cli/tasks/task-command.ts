import { Command } from 'commander';
import { XpanderError } from '../../errors.ts';
import type { Task } from '../../platform/task.ts';
import { Tasks } from '../../platform/tasks.ts';
import { exitOnUsageError, exitWithError } from '../shared/exit-codes.ts';
import { nonEmpty } from '../shared/flag-values.ts';
import { formatTask } from '../shared/format-task.ts';
import {
  addPlatformFlags,
  keyHelp,
  openPlatform,
  type PlatformFlags,
} from '../shared/platform-access.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';

interface TaskFlags extends PlatformFlags {
  readonly agent?: string;
  readonly json?: boolean;
}

const help = `
--json prints the platform's record with names in camelCase. It always has id, agentId,
organizationId, createdAt and input (an object with text).
${keyHelp}

Examples:
  $ xpander-lambda task ext-job-9921
  $ xpander-lambda task ext-job-9921 --json | jq -r .result

Exit codes: 0 success, 1 the task does not exist or the platform is unavailable, 2 wrong usage.`;

/** `xpander-lambda task ID`: shows one task. */
export function taskCommand(): Command {
  const command = new Command('task')
    .description('Show one task with its input, result, tokens and tools.')
    .argument('<id>', 'id of the task', nonEmpty)
    .option('--agent <id>', 'fail if the task belongs to another agent', nonEmpty);
  return addPlatformFlags(command)
    .option('--json', 'print the task as JSON')
    .addHelpText('after', help)
    .exitOverride(exitOnUsageError)
    .action(run);
}

async function run(id: string, flags: TaskFlags, command: Command): Promise<void> {
  try {
    const task = await readTask(id, flags);
    console.log(flags.json ? safeJson(task, 2) : formatTask(task, terminalOf(command)));
  } catch (error) {
    exitWithError(error);
  }
}

async function readTask(id: string, flags: TaskFlags): Promise<Task> {
  const platform = await openPlatform(flags);
  const tasks = new Tasks(platform.configuration);
  const task = await platform.call((signal) => tasks.get(id, { signal }));
  if (flags.agent === undefined || flags.agent === task.agentId) return task;
  throw new XpanderError(
    `The task '${task.id}' belongs to agent '${task.agentId}', not to '${flags.agent}'.`,
  );
}
