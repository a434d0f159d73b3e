#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { exitAsUsage } from './shared/exit-codes.ts';
import { endQuietlyWithoutReader } from './shared/standard-output.ts';

/** A command that is loaded when it is called: `--help` is to be there at once. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, CommandEntry>> = {
  local: {
    summary: 'take reports as xpander.ai does, on this machine',
    load: async () => (await import('./local/local-command.ts')).localCommand(),
  },
  tasks: {
    summary: 'list the tasks of an agent, or of all',
    load: async () => (await import('./tasks/tasks-command.ts')).tasksCommand(),
  },
  task: {
    summary: 'show one task',
    load: async () => (await import('./tasks/task-command.ts')).taskCommand(),
  },
  report: {
    summary: 'report one task, or run a command and report it',
    load: async () => (await import('./report/report-command.ts')).reportCommand(),
  },
  doctor: {
    summary: 'check how a deployed function is set up',
    load: async () => (await import('./doctor/doctor-command.ts')).doctorCommand(),
  },
  replay: {
    summary: 'send again what a function could not deliver',
    load: async () => (await import('./replay/replay-command.ts')).replayCommand(),
  },
};

const help = `
Exit codes: 0 done, 1 it failed, 2 wrong usage.`;

endQuietlyWithoutReader();
const program = new Command('xpander-lambda')
  .description('Report what your AI agents do in AWS Lambda to the xpander.ai task history.')
  .version(packageJson.version)
  .addHelpText('after', help)
  .exitOverride(exitAsUsage);
const args = process.argv.slice(2);
const called = args.filter((arg) => !arg.startsWith('-')).find((arg) => arg !== 'help');
for (const [name, { summary, load }] of Object.entries(commands)) {
  program.addCommand((called === name ? await load() : new Command(name)).summary(summary));
}

if (args.length === 0) program.outputHelp();
else await program.parseAsync();
