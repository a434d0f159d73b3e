#!/usr/bin/env node
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { exitOnClosedOutput } from './shared/closed-output.ts';
import { exitOnUsageError } from './shared/exit-codes.ts';

/** A command. Its module is loaded only when it is called, which keeps `--help` fast. */
interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, CommandEntry>> = {
  local: {
    summary: 'run a local platform that accepts reports like xpander.ai',
    load: async () => (await import('./local/local-command.ts')).localCommand(),
  },
  tasks: {
    summary: 'list the tasks of one agent or of all agents',
    load: async () => (await import('./tasks/tasks-command.ts')).tasksCommand(),
  },
  task: {
    summary: 'show one task',
    load: async () => (await import('./tasks/task-command.ts')).taskCommand(),
  },
  report: {
    summary: 'report a task, or run a command and report it',
    load: async () => (await import('./report/report-command.ts')).reportCommand(),
  },
  doctor: {
    summary: 'check the configuration of a deployed function',
    load: async () => (await import('./doctor/doctor-command.ts')).doctorCommand(),
  },
  replay: {
    summary: "resend a function's undelivered reports",
    load: async () => (await import('./replay/replay-command.ts')).replayCommand(),
  },
};

const help = `
Exit codes: 0 success, 1 failure, 2 wrong usage.`;

exitOnClosedOutput();
const program = new Command('xpander-lambda')
  .description('Report what your AI agents do in AWS Lambda to the xpander.ai task history.')
  .version(packageJson.version)
  .addHelpText('after', help)
  .exitOverride(exitOnUsageError);
const args = process.argv.slice(2);
const called = args.filter((arg) => !arg.startsWith('-')).find((arg) => arg !== 'help');
for (const [name, { summary, load }] of Object.entries(commands)) {
  program.addCommand((called === name ? await load() : new Command(name)).summary(summary));
}

if (args.length === 0) program.outputHelp();
else await program.parseAsync();
