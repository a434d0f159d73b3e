import { Command } from 'commander';
import { XpanderError } from '../../errors.ts';
import type { Task } from '../../platform/task.ts';
import { Tasks } from '../../platform/tasks.ts';
import { endWith, exitAsUsage } from '../shared/exit-codes.ts';
import { name } from '../shared/flag-values.ts';
import {
  addPlatformFlags,
  keyHelp,
  openPlatform,
  type PlatformFlags,
} from '../shared/platform-access.ts';
import { taskText } from '../shared/task-text.ts';
import { terminalOf } from '../shared/terminal.ts';
import { safeJson } from '../shared/terminal-text.ts';

interface TaskFlags extends PlatformFlags {
  readonly agent?: string;
  readonly json?: boolean;
}

const help = `
--json prints what the platform keeps, with names in camelCase; id, agentId, organizationId,
createdAt and input (an object with a text) are always there.
${keyHelp}

Examples:
  $ xpander-lambda task ext-job-9921
  $ xpander-lambda task ext-job-9921 --json | jq -r .result

Exit codes: 0 shown, 1 there is no such task or the platform did not answer, 2 wrong usage.`;

/** `xpander-lambda task ID`: shows one task. */
export function taskCommand(): Command {
  const command = new Command('task')
    .description('Show one task with its input, result, tokens and tools.')
    .argument('<id>', 'id of the task', name)
    .option('--agent <id>', 'agent that the task must belong to', name);
  return addPlatformFlags(command)
    .option('--json', 'print the task as JSON')
    .addHelpText('after', help)
    .exitOverride(exitAsUsage)
    .action(run);
}

async function run(id: string, flags: TaskFlags, command: Command): Promise<void> {
  try {
    const task = await readTask(id, flags);
    console.log(flags.json ? safeJson(task, 2) : taskText(task, terminalOf(command)));
  } catch (error) {
    endWith(error);
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
