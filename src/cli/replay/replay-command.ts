import { Command, InvalidArgumentError } from 'commander';
import { XpanderError } from '../../errors.ts';
import { exitOnUsageError } from '../shared/exit-codes.ts';
import { type ReplayOptions, replay } from './replay.ts';

const help = `
Accepts any export of the function's log: text, JSON or CSV from the console, the AWS CLI, Logs
Insights or S3, optionally compressed with gzip. You can safely repeat the command: a report updates
its existing task, and a failure is not sent if a later attempt has already finished.

The API key comes from XPANDER_API_KEY.

Examples:
  $ xpander-lambda replay export.csv --dry-run
  $ aws logs filter-log-events --log-group-name /aws/lambda/my-agent \\
      --filter-pattern '"undelivered report"' --output json | xpander-lambda replay -
  $ cat export/*/*.gz | xpander-lambda replay - --rejected left.log

Exit codes: 0 all reports were sent or were not needed, 1 some were not sent, 2 wrong usage.`;

/** `xpander-lambda replay`: resends the undelivered reports in a function's log. */
export function replayCommand(): Command {
  return new Command('replay')
    .description("Resend the undelivered reports in a function's log.")
    .argument('<file>', 'export of the log; - for standard input')
    .option('--agent-id <id>', 'agent to report for (default: the agent in each line)')
    .option('--base-url <url>', 'URL of the platform (default: XPANDER_BASE_URL, else xpander.ai)')
    .option('--rate <number>', 'maximum requests per minute; 0 for no limit', requestRate, 100)
    .option('--rejected <file>', 'save reports that could not be sent to this file')
    .option('--dry-run', 'list the reports without sending them')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .exitOverride(exitOnUsageError)
    .action(run);
}

async function run(file: string, options: ReplayOptions, command: Command): Promise<void> {
  try {
    const isComplete = await replay(file, options, abortSignal());
    process.exitCode = isComplete ? 0 : 1;
  } catch (error) {
    if (!(error instanceof XpanderError)) throw error;
    command.error(`error: ${error.message}`);
  }
}

// Handles the first Ctrl-C only, so that a second one ends the process immediately.
function abortSignal(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}

function requestRate(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('Must be a whole number of requests; 0 for no limit.');
  }
  return Number(text);
}
